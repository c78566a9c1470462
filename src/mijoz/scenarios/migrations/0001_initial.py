import django.contrib.postgres.fields
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
        ('business', '__first__'),
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('sealed_secret', models.TextField()),
                ('is_active', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('learned_at', models.DateTimeField()),
                ('messages', models.PositiveBigIntegerField()),
                ('answers', models.PositiveBigIntegerField()),
                ('customers', models.PositiveIntegerField()),
                ('seconds', models.FloatField()),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='OfferedService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=400, unique=True, verbose_name='service')),
                ('is_offered', models.BooleanField(null=True, verbose_name='can be had now')),
                ('may_come_again', models.BooleanField(null=True, verbose_name='may be offered again')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='OfferModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('as_of', models.DateField()),
                ('services', models.PositiveIntegerField()),
                ('customers', models.PositiveIntegerField()),
                ('suggested', models.PositiveIntegerField(default=0)),
                ('settings', models.JSONField(default=dict)),
                ('trial', models.JSONField(null=True)),
                ('popular', models.JSONField(default=dict)),
                ('names', models.JSONField(default=list)),
                ('not_offered', models.JSONField(default=list)),
                ('of_one_time', models.JSONField(default=list)),
                ('file', models.CharField(blank=True, default='', max_length=100)),
                ('seconds', models.FloatField(default=0)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='OwnCount',
            fields=[
                ('channel', models.CharField(max_length=20)),
                ('part', models.PositiveSmallIntegerField()),
                ('messages', models.PositiveBigIntegerField()),
                ('answers', models.PositiveBigIntegerField()),
                ('sent', models.FloatField()),
                ('answered', models.FloatField()),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('customer', 'channel', 'part'), name='own_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('descriptions', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('stopped', 'Stopped')], db_default='draft', default='draft', max_length=10)),
                ('pilot_percent', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('order', models.PositiveSmallIntegerField(default=100)),
                ('started_at', models.DateTimeField(null=True)),
                ('looked_until', models.DateTimeField(null=True)),
                ('seen_transactions', models.BigIntegerField(null=True)),
                ('state_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['order', 'key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'live', 'paused', 'stopped'])), name='scenario_state_is_known'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('started_at__isnull', False), _connector='OR'), name='only_a_draft_was_never_started'), models.CheckConstraint(condition=models.Q(('pilot_percent', None), models.Q(('pilot_percent__gte', 1), ('pilot_percent__lte', 99)), _connector='OR'), name='a_pilot_is_for_a_share')],
            },
        ),
        migrations.CreateModel(
            name='SegmentCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('part', models.PositiveSmallIntegerField()),
                ('messages', models.PositiveBigIntegerField()),
                ('answers', models.PositiveBigIntegerField()),
                ('sent', models.FloatField()),
                ('answered', models.FloatField()),
                ('segment', models.CharField(db_default='', default='', max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('segment', 'channel', 'part'), name='segment_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='StepOutcome',
            fields=[
                ('pk', models.CompositePrimaryKey('enrolment', 'step', blank=True, editable=False, primary_key=True, serialize=False)),
                ('enrolment', models.BigIntegerField()),
                ('step', models.CharField(max_length=20)),
                ('outcome', models.CharField(max_length=20)),
                ('detail', models.CharField(db_default='', default='', max_length=60)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ChoosingSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('exploring_share', models.FloatField(default=0.5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(0.5)], verbose_name='share that tries something else')),
                ('half_life_days', models.PositiveSmallIntegerField(default=120, validators=[django.core.validators.MinValueValidator(7), django.core.validators.MaxValueValidator(1000)], verbose_name='days after which an answer counts half')),
                ('answer_hours', models.PositiveSmallIntegerField(default=72, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='hours in which an answer counts')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', models.Value(1))), name='one_row_of_choosing_settings'), models.CheckConstraint(condition=models.Q(('exploring_share__range', (0, 0.5))), name='exploring_is_limited')],
            },
        ),
        migrations.CreateModel(
            name='ChoosingSettingsHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.PositiveSmallIntegerField(default=1, serialize=False)),
                ('exploring_share', models.FloatField(default=0.5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(0.5)], verbose_name='share that tries something else')),
                ('half_life_days', models.PositiveSmallIntegerField(default=120, validators=[django.core.validators.MinValueValidator(7), django.core.validators.MaxValueValidator(1000)], verbose_name='days after which an answer counts half')),
                ('answer_hours', models.PositiveSmallIntegerField(default=72, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='hours in which an answer counts')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='scenarios.choosingsettings')),
            ],
            options={
                'db_table': 'scenarios_choosingsettings_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='choosingsettings_by_change')],
            },
        ),
        migrations.CreateModel(
            name='EndpointHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('is_active', models.BooleanField(default=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='scenarios.endpoint')),
            ],
            options={
                'db_table': 'scenarios_endpoint_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='endpoint_by_change')],
            },
        ),
        migrations.CreateModel(
            name='OfferedServiceHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=400, verbose_name='service')),
                ('is_offered', models.BooleanField(null=True, verbose_name='can be had now')),
                ('may_come_again', models.BooleanField(null=True, verbose_name='may be offered again')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='scenarios.offeredservice')),
            ],
            options={
                'db_table': 'scenarios_offeredservice_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='offeredservice_by_change')],
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
                ('pilot_percent', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='scenarios.scenario')),
            ],
            options={
                'db_table': 'scenarios_scenario_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='scenario_by_change')],
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
                'constraints': [models.UniqueConstraint(fields=('scenario', 'number'), name='versions_of_a_scenario_are_numbered'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='scenario_versions_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('customer', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='customers.customer')),
                ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=400), size=None)),
                ('scores', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('because', models.JSONField()),
                ('model', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scenarios.offermodel')),
            ],
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('arm', models.CharField(choices=[('treated', 'Served by it'), ('hold-out', 'For comparison')], max_length=10)),
                ('withheld', models.CharField(blank=True, choices=[('', 'nothing'), ('everything', 'everything'), ('messages', 'messages and offers'), ('service', 'the service')], db_default='', default='', max_length=10)),
                ('is_test', models.BooleanField(db_default=False, default=False)),
                ('occasion', models.CharField(db_default='', default='', max_length=80)),
                ('segment', models.CharField(db_default='', default='', max_length=40)),
                ('enrolled_at', models.DateTimeField()),
                ('window_closes_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('running', 'Between steps'), ('watched', 'Steps done'), ('ended', 'Ended')], max_length=10)),
                ('next_step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('waits_since', models.DateTimeField(null=True)),
                ('waits_for', models.CharField(db_default='', default='', max_length=20)),
                ('offer_until', models.DateField(null=True)),
                ('offer_code', models.CharField(db_default='', default='', max_length=40)),
                ('facts', models.JSONField(null=True)),
                ('ways', models.JSONField(null=True)),
                ('goal_reached_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ending', models.CharField(choices=[('goal_reached', 'Goal reached'), ('window_closed', 'Time is up'), ('scenario_stopped', 'Scenario stopped'), ('from_log', 'Known from the log'), ('person_erased', 'Customer erased')], db_default='', default='', max_length=20)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='scenario_enrolments', to='customers.customer')),
                ('scenario', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='scenarios.scenario')),
                ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='scenarios.scenarioversion')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'running')), fields=['due_at', 'id'], name='enrolment_due'), models.Index(condition=models.Q(('waits_for', ''), _negated=True), fields=['waits_for', 'due_at'], name='enrolment_waiting'), models.Index(condition=models.Q(('state', 'watched')), fields=['window_closes_at'], name='enrolment_window'), models.Index(fields=['scenario', '-enrolled_at', '-id'], name='enrolment_by_scenario'), models.Index(fields=['customer', '-enrolled_at'], name='enrolment_by_customer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'watched'])), fields=('scenario', 'customer', 'occasion'), name='one_open_enrolment_per_scenario'), models.UniqueConstraint(condition=models.Q(('occasion', ''), _negated=True), fields=('scenario', 'customer', 'occasion'), name='one_enrolment_per_occasion'), models.CheckConstraint(condition=models.Q(('arm__in', ['treated', 'hold-out'])), name='arm_is_known'), models.CheckConstraint(condition=models.Q(('state__in', ['running', 'watched', 'ended'])), name='enrolment_state_is_known'), models.CheckConstraint(condition=models.Q(('arm', 'hold-out'), ('state', 'running'), ('withheld__in', ['', 'everything']), _negated=True), name='nobody_held_out_is_treated'), models.CheckConstraint(condition=models.Q(('arm', 'hold-out'), ('withheld', ''), _connector='OR'), name='the_treated_go_without_nothing'), models.CheckConstraint(condition=models.Q(('arm', 'hold-out'), ('is_test', True), _negated=True), name='tests_are_treated'), models.CheckConstraint(condition=models.Q(('state', 'running'), ('waits_for', ''), _connector='OR'), name='only_running_ones_wait'), models.CheckConstraint(condition=models.Q(('state', 'running'), ('due_at__isnull', True), _connector='XOR'), name='only_running_enrolments_are_due'), models.CheckConstraint(condition=models.Q(('state', 'ended'), models.Q(('ended_at__isnull', True), ('ending', '')), _connector='XOR'), name='ended_enrolments_say_when_and_why'), models.CheckConstraint(condition=models.Q(('version__isnull', False), ('ending', 'from_log'), _connector='OR'), name='enrolments_follow_a_version'), models.CheckConstraint(condition=models.Q(('window_closes_at__gt', models.F('enrolled_at'))), name='goal_window_has_a_length')],
            },
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
                'indexes': [models.Index(fields=['-pgh_created_at'], name='scenarioversion_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('step', models.CharField(max_length=20)),
                ('body', models.JSONField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('due_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('detail', models.CharField(db_default='', default='', max_length=200)),
                ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='scenarios.endpoint')),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='scenarios.enrolment')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['due_at', 'id'], name='call_due'), models.Index(fields=['endpoint', '-id'], name='call_by_endpoint')],
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'step'), name='one_call_per_enrolment_and_step'), models.CheckConstraint(condition=models.Q(('status', 'waiting'), ('settled_at__isnull', False), _connector='XOR'), name='settled_calls_have_a_moment')],
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
                ('asked', models.JSONField(default=list)),
                ('confirmed', models.JSONField(null=True)),
                ('is_overdue_noted', models.BooleanField(db_default=False, default=False)),
                ('branch', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='business.branch')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='customers.customer')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='done_tasks', to=settings.AUTH_USER_MODEL)),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='scenarios.enrolment')),
                ('scenario', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='scenarios.scenario')),
            ],
            options={
                'ordering': ['due_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['role', 'due_at', 'id'], name='task_open'), models.Index(condition=models.Q(('done_at', None), ('is_overdue_noted', False)), fields=['due_at'], name='task_not_overdue_yet'), models.Index(condition=models.Q(('done_at__isnull', False)), fields=['-done_at', '-id'], name='task_done'), models.Index(fields=['customer', '-id'], name='task_by_customer'), models.Index(fields=['scenario', 'step'], name='task_by_step')],
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'step'), name='one_task_per_enrolment_and_step'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'manager', 'front_office', 'operator', 'service_master', 'marketer', 'analyst'])), name='task_role_is_known'), models.CheckConstraint(condition=models.Q(('done_at__isnull', False), models.Q(('confirmed', None), ('done_by', None), ('note', '')), _connector='OR'), name='notes_belong_to_done_tasks')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='choosingsettings',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_choosingsettings_history" ("answer_hours", "exploring_share", "half_life_days", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer_hours", NEW."exploring_share", NEW."half_life_days", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='845ff612840e2096c19e4d5537ca332b743939b6', operation='INSERT', pgid='pgtrigger_added_insert_66384', table='scenarios_choosingsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='choosingsettings',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."exploring_share", OLD."half_life_days", OLD."answer_hours") IS DISTINCT FROM ROW(NEW."id", NEW."exploring_share", NEW."half_life_days", NEW."answer_hours"))', func='INSERT INTO "scenarios_choosingsettings_history" ("answer_hours", "exploring_share", "half_life_days", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."answer_hours", OLD."exploring_share", OLD."half_life_days", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='b34df4732cf066fffdc9f16f71184a20f0e00155', operation='UPDATE', pgid='pgtrigger_history_1_before_4e017', table='scenarios_choosingsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='choosingsettings',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."exploring_share", OLD."half_life_days", OLD."answer_hours") IS DISTINCT FROM ROW(NEW."id", NEW."exploring_share", NEW."half_life_days", NEW."answer_hours"))', func='INSERT INTO "scenarios_choosingsettings_history" ("answer_hours", "exploring_share", "half_life_days", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."answer_hours", NEW."exploring_share", NEW."half_life_days", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='c37cba0e278355ce5f1f9068ac94ffd090fa1018', operation='UPDATE', pgid='pgtrigger_history_2_changed_4bff1', table='scenarios_choosingsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='choosingsettings',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_choosingsettings_history" ("answer_hours", "exploring_share", "half_life_days", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."answer_hours", OLD."exploring_share", OLD."half_life_days", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='faccb5bc0b99de0555696e9df739316fab379e6b', operation='DELETE', pgid='pgtrigger_removed_delete_b2017', table='scenarios_choosingsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='endpoint',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_endpoint_history" ("id", "is_active", "key", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url") VALUES (NEW."id", NEW."is_active", NEW."key", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."url"); RETURN NULL;', hash='6730ff7b2d7057c29e1a1c335709f2acf56d1d4f', operation='INSERT', pgid='pgtrigger_added_insert_b573a', table='scenarios_endpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='endpoint',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."name", OLD."url", OLD."is_active") IS DISTINCT FROM ROW(NEW."key", NEW."name", NEW."url", NEW."is_active"))', func='INSERT INTO "scenarios_endpoint_history" ("id", "is_active", "key", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url") VALUES (OLD."id", OLD."is_active", OLD."key", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."url"); RETURN NULL;', hash='faa4d2355a8cf8578305e43e6b594c8b98ae5b06', operation='UPDATE', pgid='pgtrigger_history_1_before_657cb', table='scenarios_endpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='endpoint',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."name", OLD."url", OLD."is_active") IS DISTINCT FROM ROW(NEW."key", NEW."name", NEW."url", NEW."is_active"))', func='INSERT INTO "scenarios_endpoint_history" ("id", "is_active", "key", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url") VALUES (NEW."id", NEW."is_active", NEW."key", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."url"); RETURN NULL;', hash='e26964a608b40dca2067cc26abc3bdd4f9fc8cc5', operation='UPDATE', pgid='pgtrigger_history_2_changed_33a82', table='scenarios_endpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='endpoint',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_endpoint_history" ("id", "is_active", "key", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url") VALUES (OLD."id", OLD."is_active", OLD."key", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."url"); RETURN NULL;', hash='8bff7b7d9780bec35529df03e76c897bb728e249', operation='DELETE', pgid='pgtrigger_removed_delete_cc691', table='scenarios_endpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offeredservice',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_offeredservice_history" ("id", "is_offered", "may_come_again", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_offered", NEW."may_come_again", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='1fa0a80c94be349d12c6300b979a117c1e97da89', operation='INSERT', pgid='pgtrigger_added_insert_3c22f', table='scenarios_offeredservice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offeredservice',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."is_offered", OLD."may_come_again") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."is_offered", NEW."may_come_again"))', func='INSERT INTO "scenarios_offeredservice_history" ("id", "is_offered", "may_come_again", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_offered", OLD."may_come_again", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='7d48c9d56b7839dfdcc62751c94e9d08a278df30', operation='UPDATE', pgid='pgtrigger_history_1_before_61a21', table='scenarios_offeredservice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offeredservice',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."is_offered", OLD."may_come_again") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."is_offered", NEW."may_come_again"))', func='INSERT INTO "scenarios_offeredservice_history" ("id", "is_offered", "may_come_again", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_offered", NEW."may_come_again", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='233cad3bbf9d42c2b3bb171aaa927f4b94c57dad', operation='UPDATE', pgid='pgtrigger_history_2_changed_c1c98', table='scenarios_offeredservice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offeredservice',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_offeredservice_history" ("id", "is_offered", "may_come_again", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_offered", OLD."may_come_again", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='f67e579c7deb0f8da49d49b336b8b79580e45a2e', operation='DELETE', pgid='pgtrigger_removed_delete_b6f27', table='scenarios_offeredservice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pilot_percent", "state") VALUES (NEW."descriptions", NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."pilot_percent", NEW."state"); RETURN NULL;', hash='ae8250ebae8ae6d974b8f7292d404fc1a7fa67d1', operation='INSERT', pgid='pgtrigger_added_insert_aa90d', table='scenarios_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."state", OLD."pilot_percent") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."state", NEW."pilot_percent"))', func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pilot_percent", "state") VALUES (OLD."descriptions", OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."pilot_percent", OLD."state"); RETURN NULL;', hash='ef807c3aabab8a50afc4e58968c399bd54aff1dd', operation='UPDATE', pgid='pgtrigger_history_1_before_4fbdc', table='scenarios_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."state", OLD."pilot_percent") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."state", NEW."pilot_percent"))', func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pilot_percent", "state") VALUES (NEW."descriptions", NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."pilot_percent", NEW."state"); RETURN NULL;', hash='9db3f7f05ec21b64be300b56bafe87e948414cd5', operation='UPDATE', pgid='pgtrigger_history_2_changed_5881c', table='scenarios_scenario', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "scenarios_scenario_history" ("descriptions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pilot_percent", "state") VALUES (OLD."descriptions", OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."pilot_percent", OLD."state"); RETURN NULL;', hash='46dabd9893d4822ac81e17dd24f361e8a2c36780', operation='DELETE', pgid='pgtrigger_removed_delete_3922b', table='scenarios_scenario', when='AFTER')),
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
    ]
