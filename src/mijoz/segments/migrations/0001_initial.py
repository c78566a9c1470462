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
        ('business', '__first__'),
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Touched',
            fields=[
                ('customer_id', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='ClusterRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('traits', models.JSONField()),
                ('wanted', models.PositiveSmallIntegerField(null=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('share_done', models.FloatField(default=0)),
                ('error', models.CharField(blank=True, default='', max_length=200)),
                ('as_of', models.DateField(null=True)),
                ('customers', models.PositiveIntegerField(null=True)),
                ('result', models.JSONField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('seconds', models.FloatField(null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='cluster_status_is_known'), models.CheckConstraint(condition=models.Q(('wanted', None), ('wanted__range', (2, 8)), _connector='OR'), name='two_to_eight_clusters')],
            },
        ),
        migrations.CreateModel(
            name='RefreshRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('as_of', models.DateField(null=True)),
                ('share_done', models.FloatField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('asked_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField(null=True)),
                ('seconds', models.FloatField(null=True)),
                ('cuts', models.JSONField(null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='refresh_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='RfmSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('r_weight', models.PositiveSmallIntegerField(default=1)),
                ('f_weight', models.PositiveSmallIntegerField(default=1)),
                ('m_weight', models.PositiveSmallIntegerField(default=1)),
                ('written_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('months', None), ('months__range', (1, 120)), _connector='OR'), name='rfm_period_of_months'), models.CheckConstraint(condition=models.Q(('f_weight__lte', 10), ('m_weight__lte', 10), ('r_weight__lte', 10), models.Q(('f_weight', 0), ('m_weight', 0), ('r_weight', 0), _negated=True)), name='some_score_weighs')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('customer', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rfm', serialize=False, to='customers.customer')),
                ('last_purchase_on', models.DateField()),
                ('purchases', models.PositiveIntegerField()),
                ('revenue', models.DecimalField(decimal_places=4, max_digits=18)),
                ('r_score', models.PositiveSmallIntegerField()),
                ('f_score', models.PositiveSmallIntegerField()),
                ('m_score', models.PositiveSmallIntegerField()),
                ('rfm_score', models.FloatField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('f_score__range', (1, 5)), ('m_score__range', (1, 5)), ('r_score__range', (1, 5))), name='scores_are_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('descriptions', models.JSONField(default=dict)),
                ('minimal_packages', models.JSONField(default=dict)),
                ('value_adding_packages', models.JSONField(default=dict)),
                ('order', models.PositiveSmallIntegerField()),
                ('is_default', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['-is_default', 'order', 'key'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('order',), name='default_segments_have_an_order'), models.CheckConstraint(condition=models.Q(('is_default', False), ('is_active', True), _connector='OR'), name='default_segments_stay_active')],
            },
        ),
        migrations.CreateModel(
            name='SegmentDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('customers', models.PositiveIntegerField()),
                ('revenue', models.DecimalField(decimal_places=4, max_digits=22)),
                ('entered', models.PositiveIntegerField(default=0)),
                ('left', models.PositiveIntegerField(default=0)),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='segments.segment')),
            ],
            options={
                'ordering': ['segment', 'day'],
                'constraints': [models.UniqueConstraint(fields=('segment', 'day'), name='one_row_per_segment_and_day')],
            },
        ),
        migrations.CreateModel(
            name='SegmentHistory',
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
                ('minimal_packages', models.JSONField(default=dict)),
                ('value_adding_packages', models.JSONField(default=dict)),
                ('is_active', models.BooleanField(default=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='segments.segment')),
            ],
            options={
                'db_table': 'segments_segment_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='segment_by_change')],
            },
        ),
        migrations.CreateModel(
            name='SegmentMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('customers', models.PositiveIntegerField()),
                ('destination', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='segments.segment')),
                ('origin', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='segments.segment')),
            ],
            options={
                'ordering': ['day', 'origin', 'destination'],
                'constraints': [models.UniqueConstraint(fields=('day', 'origin', 'destination'), name='one_row_per_move_and_day', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SegmentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('rule', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='segments.segment')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['segment', '-number'],
                'constraints': [models.UniqueConstraint(fields=('segment', 'number'), name='versions_of_a_segment_are_numbered'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='versions_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='RfmSettingsHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('r_weight', models.PositiveSmallIntegerField(default=1)),
                ('f_weight', models.PositiveSmallIntegerField(default=1)),
                ('m_weight', models.PositiveSmallIntegerField(default=1)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='segments.rfmsettings')),
            ],
            options={
                'db_table': 'segments_rfmsettings_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='rfmsettings_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entered_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('reason', models.JSONField(default=dict)),
                ('left_reason', models.JSONField(null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='customers.customer')),
                ('segment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='segments.segment')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'entered_at'], name='membership_by_customer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('segment', 'customer'), name='one_open_membership_per_segment'), models.CheckConstraint(condition=models.Q(('left_at', None), ('left_at__gte', models.F('entered_at')), _connector='OR'), name='nobody_leaves_before_entering')],
            },
        ),
        migrations.CreateModel(
            name='SegmentVersionHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('rule', models.JSONField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='segments.segmentversion')),
                ('segment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='segments.segment')),
            ],
            options={
                'db_table': 'segments_segmentversion_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='segmentversion_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segment',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "segments_segment_history" ("descriptions", "id", "is_active", "key", "minimal_packages", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value_adding_packages") VALUES (NEW."descriptions", NEW."id", NEW."is_active", NEW."key", NEW."minimal_packages", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."value_adding_packages"); RETURN NULL;', hash='60db9dea3ba5cc015a334158c9485d03a51e7974', operation='INSERT', pgid='pgtrigger_added_insert_8113b', table='segments_segment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segment',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."minimal_packages", OLD."value_adding_packages", OLD."is_active") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."minimal_packages", NEW."value_adding_packages", NEW."is_active"))', func='INSERT INTO "segments_segment_history" ("descriptions", "id", "is_active", "key", "minimal_packages", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value_adding_packages") VALUES (OLD."descriptions", OLD."id", OLD."is_active", OLD."key", OLD."minimal_packages", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."value_adding_packages"); RETURN NULL;', hash='5893d98e41f071fc6035d1e721110205ce66acff', operation='UPDATE', pgid='pgtrigger_history_1_before_b574b', table='segments_segment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segment',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."minimal_packages", OLD."value_adding_packages", OLD."is_active") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."minimal_packages", NEW."value_adding_packages", NEW."is_active"))', func='INSERT INTO "segments_segment_history" ("descriptions", "id", "is_active", "key", "minimal_packages", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value_adding_packages") VALUES (NEW."descriptions", NEW."id", NEW."is_active", NEW."key", NEW."minimal_packages", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."value_adding_packages"); RETURN NULL;', hash='599958d6ab776c39bed172fc8cab9301f2acbde1', operation='UPDATE', pgid='pgtrigger_history_2_changed_7afb0', table='segments_segment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segment',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "segments_segment_history" ("descriptions", "id", "is_active", "key", "minimal_packages", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value_adding_packages") VALUES (OLD."descriptions", OLD."id", OLD."is_active", OLD."key", OLD."minimal_packages", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."value_adding_packages"); RETURN NULL;', hash='b163cc20cdacc6ab608273bd1420665d134a17a2', operation='DELETE', pgid='pgtrigger_removed_delete_fcaba', table='segments_segment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rfmsettings',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "segments_rfmsettings_history" ("f_weight", "id", "m_weight", "months", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "r_weight") VALUES (NEW."f_weight", NEW."id", NEW."m_weight", NEW."months", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."r_weight"); RETURN NULL;', hash='bbb13ed3099b1fd8037df25d69677894d810ba11', operation='INSERT', pgid='pgtrigger_added_insert_ded8a', table='segments_rfmsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rfmsettings',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."number", OLD."months", OLD."r_weight", OLD."f_weight", OLD."m_weight") IS DISTINCT FROM ROW(NEW."number", NEW."months", NEW."r_weight", NEW."f_weight", NEW."m_weight"))', func='INSERT INTO "segments_rfmsettings_history" ("f_weight", "id", "m_weight", "months", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "r_weight") VALUES (OLD."f_weight", OLD."id", OLD."m_weight", OLD."months", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."r_weight"); RETURN NULL;', hash='ae529298b7b2594fcb5cb95b1ba79d5ecbae85e6', operation='UPDATE', pgid='pgtrigger_history_1_before_2e0ed', table='segments_rfmsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rfmsettings',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."number", OLD."months", OLD."r_weight", OLD."f_weight", OLD."m_weight") IS DISTINCT FROM ROW(NEW."number", NEW."months", NEW."r_weight", NEW."f_weight", NEW."m_weight"))', func='INSERT INTO "segments_rfmsettings_history" ("f_weight", "id", "m_weight", "months", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "r_weight") VALUES (NEW."f_weight", NEW."id", NEW."m_weight", NEW."months", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."r_weight"); RETURN NULL;', hash='af2a751c15ee84d11464226f17f7e86e8e686de4', operation='UPDATE', pgid='pgtrigger_history_2_changed_f405e', table='segments_rfmsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rfmsettings',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "segments_rfmsettings_history" ("f_weight", "id", "m_weight", "months", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "r_weight") VALUES (OLD."f_weight", OLD."id", OLD."m_weight", OLD."months", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."r_weight"); RETURN NULL;', hash='aed8b354b2bc890598b773fc5a8a524eaeec10ed', operation='DELETE', pgid='pgtrigger_removed_delete_612a3', table='segments_rfmsettings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segmentversion',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "segments_segmentversion_history" ("id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule", "segment_id") VALUES (NEW."id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."rule", NEW."segment_id"); RETURN NULL;', hash='4d77a7471f7fe620daf79e5880fa108e6a43d544', operation='INSERT', pgid='pgtrigger_added_insert_246b2', table='segments_segmentversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segmentversion',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."segment_id", OLD."number", OLD."rule") IS DISTINCT FROM ROW(NEW."segment_id", NEW."number", NEW."rule"))', func='INSERT INTO "segments_segmentversion_history" ("id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule", "segment_id") VALUES (OLD."id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."rule", OLD."segment_id"); RETURN NULL;', hash='0cf8b52f11491b8d3af1654be2ca1be48ee4b1c0', operation='UPDATE', pgid='pgtrigger_history_1_before_fc4b4', table='segments_segmentversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segmentversion',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."segment_id", OLD."number", OLD."rule") IS DISTINCT FROM ROW(NEW."segment_id", NEW."number", NEW."rule"))', func='INSERT INTO "segments_segmentversion_history" ("id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule", "segment_id") VALUES (NEW."id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."rule", NEW."segment_id"); RETURN NULL;', hash='d428d422e4b5ad84095f9261200c396e19e288e1', operation='UPDATE', pgid='pgtrigger_history_2_changed_ec251', table='segments_segmentversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segmentversion',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "segments_segmentversion_history" ("id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rule", "segment_id") VALUES (OLD."id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."rule", OLD."segment_id"); RETURN NULL;', hash='fe4e8826a80bcde5ed93650c35266073c8db1f30', operation='DELETE', pgid='pgtrigger_removed_delete_500ba', table='segments_segmentversion', when='AFTER')),
        ),
    ]
