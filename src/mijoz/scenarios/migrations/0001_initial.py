import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '0001_initial'),
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('descriptions', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('stopped', 'Stopped')], db_default='draft', default='draft', max_length=10)),
                ('order', models.PositiveSmallIntegerField(default=100)),
                ('started_at', models.DateTimeField(null=True)),
                ('state_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['order', 'key'],
            },
        ),
        migrations.CreateModel(
            name='ScenarioHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('descriptions', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('stopped', 'Stopped')], db_default='draft', default='draft', max_length=10)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='scenarios.scenario')),
            ],
            options={
                'db_table': 'scenarios_scenario_history',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ScenarioVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('scenario', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='scenarios.scenario')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['scenario', '-number'],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('arm', models.CharField(choices=[('treated', 'Served by it'), ('hold-out', 'For comparison')], max_length=10)),
                ('segment', models.CharField(db_default='', default='', max_length=40)),
                ('enrolled_at', models.DateTimeField()),
                ('window_closes_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('running', 'Between steps'), ('watched', 'Steps done'), ('ended', 'Ended')], max_length=10)),
                ('next_step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('offer_until', models.DateField(null=True)),
                ('goal_reached_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(choices=[('goal_reached', 'Goal reached'), ('window_closed', 'Time is up'), ('scenario_stopped', 'Scenario stopped'), ('from_log', 'Known from the log'), ('person_erased', 'Customer erased')], db_default='', default='', max_length=20)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='scenario_enrolments', to='customers.customer')),
                ('scenario', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='scenarios.scenario')),
                ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='scenarios.scenarioversion')),
            ],
        ),
        migrations.CreateModel(
            name='ScenarioVersionHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='scenarios.scenarioversion')),
                ('scenario', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scenarios.scenario')),
            ],
            options={
                'db_table': 'scenarios_scenarioversion_history',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('step', models.CharField(max_length=20)),
                ('texts', models.JSONField()),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, default='')),
                ('branch', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='business.branch')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='customers.customer')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='done_tasks', to=settings.AUTH_USER_MODEL)),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='scenarios.enrolment')),
                ('scenario', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='scenarios.scenario')),
            ],
            options={
                'ordering': ['due_at', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='scenario',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'live', 'paused', 'stopped'])), name='scenario_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='scenario',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('started_at__isnull', False), _connector='OR'), name='only_a_draft_was_never_started'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."descriptions", NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."state"); RETURN NULL;', hash='d2e626ec53906ae825db8886172748f720708c89', operation='INSERT', pgid='pgtrigger_added_insert_aa90d', table='scenarios_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."state") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."state"))', func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."descriptions", OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."state"); RETURN NULL;', hash='b1334f1148dda0a920d0926aee81e07c5612083a', operation='UPDATE', pgid='pgtrigger_history_1_before_4fbdc', table='scenarios_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."state") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."state"))', func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."descriptions", NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."state"); RETURN NULL;', hash='f8ddb26f54bf08fa988524dcbe85b9e8fe60312b', operation='UPDATE', pgid='pgtrigger_history_2_changed_5881c', table='scenarios_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."descriptions", OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."state"); RETURN NULL;', hash='ec7e3a7a072fb5d42f2d994c184fd3a8205b6e09', operation='DELETE', pgid='pgtrigger_removed_delete_3922b', table='scenarios_scenario', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='scenariohistory',
            index=models.Index(fields=['-pgh_created_at'], name='scenario_by_change'),
        ),
        migrations.AddConstraint(
            model_name='scenarioversion',
            constraint=models.UniqueConstraint(fields=('scenario', 'number'), name='versions_of_a_scenario_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='scenarioversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='scenario_versions_count_from_one'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenarioversion',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_scenarioversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (NEW."definition", NEW."id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."scenario_id"); RETURN NULL;', hash='1d949f9311229eb098a29c05659a16907a6e74f3', operation='INSERT', pgid='pgtrigger_added_insert_3c77a', table='scenarios_scenarioversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenarioversion',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."scenario_id", OLD."number", OLD."definition") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."number", NEW."definition"))', func='INSERT INTO "scenarios_scenarioversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (OLD."definition", OLD."id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."scenario_id"); RETURN NULL;', hash='2efeb23a1d3f5bbd5aae2ad3b90639dfca996ffa', operation='UPDATE', pgid='pgtrigger_history_1_before_3b45f', table='scenarios_scenarioversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenarioversion',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."scenario_id", OLD."number", OLD."definition") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."number", NEW."definition"))', func='INSERT INTO "scenarios_scenarioversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (NEW."definition", NEW."id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."scenario_id"); RETURN NULL;', hash='b3a59ed5369ffb61c7672a1b7e6f79b18ff8a1be', operation='UPDATE', pgid='pgtrigger_history_2_changed_2438f', table='scenarios_scenarioversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenarioversion',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_scenarioversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (OLD."definition", OLD."id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."scenario_id"); RETURN NULL;', hash='cd920f4b349dbe0e92bc842b14ad569f8ee9b0e1', operation='DELETE', pgid='pgtrigger_removed_delete_f909b', table='scenarios_scenarioversion', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['due_at', 'id'], name='enrolment_due'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(condition=models.Q(('state', 'watched')), fields=['window_closes_at'], name='enrolment_window'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['scenario', '-enrolled_at', '-id'], name='enrolment_by_scenario'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['customer', '-enrolled_at'], name='enrolment_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'watched'])), fields=('scenario', 'customer'), name='one_open_enrolment_per_scenario'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('arm__in', ['treated', 'hold-out'])), name='arm_is_known'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'watched', 'ended'])), name='enrolment_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('arm', 'hold-out'), ('state', 'running'), _negated=True), name='nobody_held_out_is_treated'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'running'), ('due_at__isnull', True), _connector='XOR'), name='only_running_enrolments_are_due'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'ended'), models.Q(('ended_at__isnull', True), ('ending', '')), _connector='XOR'), name='ended_enrolments_say_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('version__isnull', False), ('ending', 'from_log'), _connector='OR'), name='enrolments_follow_a_version'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('window_closes_at__gt', models.F('enrolled_at'))), name='goal_window_has_a_length'),
        ),
        migrations.AddIndex(
            model_name='scenarioversionhistory',
            index=models.Index(fields=['-pgh_created_at'], name='scenarioversion_by_change'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['role', 'due_at', 'id'], name='task_open'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('done_at__isnull', False)), fields=['-done_at', '-id'], name='task_done'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['customer', '-id'], name='task_by_customer'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['scenario', 'step'], name='task_by_step'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(fields=('enrolment', 'step'), name='one_task_per_enrolment_and_step'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'manager', 'front_office', 'operator', 'service_master', 'marketer', 'analyst'])), name='task_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('done_at__isnull', False), models.Q(('done_by', None), ('note', '')), _connector='OR'), name='notes_belong_to_done_tasks'),
        ),
    ]
