import django.contrib.postgres.indexes
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
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('telegram', 'Telegram')], max_length=20)),
                ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Marketing'), ('profiling', 'Profiling'), ('sharing', 'Sharing with partners')], max_length=20)),
                ('dedupe_key', models.CharField(max_length=200)),
                ('address', models.CharField(db_default='', default='', max_length=254)),
                ('sent_to', models.CharField(db_default='', default='', max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('subject', models.CharField(db_default='', default='', max_length=300)),
                ('text', models.TextField()),
                ('html', models.TextField(db_default='', default='')),
                ('send_after', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('stopped', 'Stopped'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=10)),
                ('reason', models.CharField(choices=[('consent_missing', 'No consent'), ('consent_withdrawn', 'Consent withdrawn'), ('address_missing', 'No address'), ('address_unusable', 'What was sent there came back'), ('quiet_hours', 'Quiet hours'), ('day_cap', 'Limit of the day'), ('week_cap', 'Limit of the week'), ('complaint', 'Rest after a complaint'), ('restricted', 'Record restricted'), ('month_cap', 'Limit that the customer chose'), ('outranked', 'Something more important went first'), ('control_group', 'In the control group'), ('too_personal', 'Too personal'), ('same_person', 'Sent to the same person under another number'), ('too_late', 'Too late'), ('scenario_paused', 'Scenario paused'), ('scenario_stopped', 'Scenario stopped'), ('not_heard', 'Refusals are not heard now'), ('try_again', 'Will be tried again'), ('gave_up', 'Tried too often'), ('refused', 'Refused by whoever carries it'), ('unknown_outcome', 'Unknown whether it was sent'), ('stopped_by_staff', 'Stopped by staff')], db_default='', default='', max_length=30)),
                ('detail', models.TextField(db_default='', default='')),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('priority', models.PositiveSmallIntegerField(db_default=5, default=5)),
                ('reveals', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('is_test', models.BooleanField(db_default=False, default=False)),
                ('scenario', models.CharField(db_default='', default='', max_length=60)),
                ('scenario_version', models.PositiveIntegerField(null=True)),
                ('enrolment', models.BigIntegerField(null=True)),
                ('step', models.CharField(db_default='', default='', max_length=20)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claimed_at', models.DateTimeField(null=True)),
                ('claimed_by', models.PositiveIntegerField(null=True)),
                ('handed_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('provider_id', models.CharField(db_default='', default='', max_length=200)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('clicked_at', models.DateTimeField(null=True)),
                ('bounced_at', models.DateTimeField(null=True)),
                ('bounce_detail', models.TextField(db_default='', default='')),
                ('bounce_forgiven_at', models.DateTimeField(null=True)),
                ('complained_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('is_logged', models.BooleanField(db_default=False, default=False)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='customers.customer')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['send_after', 'id'], name='message_due'), models.Index(condition=models.Q(('status', 'sending')), fields=['claimed_by'], name='message_in_flight'), models.Index(condition=models.Q(('is_logged', False), ('settled_at__isnull', False)), fields=['settled_at'], name='message_to_log'), models.Index(fields=['customer', '-id'], name='message_by_customer'), models.Index(fields=['scenario', 'status'], name='message_by_scenario'), models.Index(fields=['status', '-id'], name='message_by_status'), models.Index(condition=models.Q(('bounced_at', None), ('channel', 'sms'), ('delivered_at', None), ('status', 'sent')), fields=['settled_at'], name='message_to_ask_about'), models.Index(condition=models.Q(('bounce_forgiven_at', None), ('bounced_at__isnull', False)), fields=['sent_to'], name='message_came_back'), django.contrib.postgres.indexes.BrinIndex(fields=['created_at'], name='message_by_moment')],
                'constraints': [models.UniqueConstraint(fields=('dedupe_key',), name='one_message_for_a_cause'), models.CheckConstraint(condition=models.Q(('purpose__in', ['service', 'marketing'])), name='message_has_a_purpose'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'sending', 'sent', 'stopped', 'failed'])), name='message_status_is_known'), models.CheckConstraint(condition=models.Q(('settled_at', None), ('status__in', ['sent', 'stopped', 'failed']), _connector='XOR'), name='settled_has_a_moment'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['stopped', 'failed']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='stopped_and_failed_have_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'sending'), _negated=True), models.Q(('claimed_at__isnull', False), ('claimed_by__isnull', False)), _connector='OR'), name='being_sent_by_somebody'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('send_after'))), name='message_expires_after_it_is_due')],
            },
        ),
        migrations.CreateModel(
            name='StaffChat',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('bot', models.BigIntegerField()),
                ('chat', models.BigIntegerField()),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='BotUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bot', models.BigIntegerField()),
                ('update_id', models.BigIntegerField()),
                ('taken_at', models.DateTimeField()),
                ('answers', models.JSONField(blank=True, default=list)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answers', []), _negated=True), fields=['bot', 'id'], name='update_to_answer')],
                'constraints': [models.UniqueConstraint(fields=('bot', 'update_id'), name='update_is_taken_once')],
            },
        ),
        migrations.CreateModel(
            name='ChannelAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('telegram', 'Telegram')], max_length=20, verbose_name='channel')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('settings', models.JSONField(default=dict)),
                ('sealed_secret', models.TextField(blank=True, default='')),
                ('is_active', models.BooleanField(default=True)),
                ('trouble', models.CharField(blank=True, default='', max_length=30)),
                ('trouble_detail', models.TextField(blank=True, default='')),
                ('trouble_at', models.DateTimeField(blank=True, null=True)),
                ('rests_until', models.DateTimeField(blank=True, null=True)),
                ('reports', models.JSONField(blank=True, default=dict)),
                ('sealed_reports_secret', models.TextField(blank=True, default='')),
                ('reports_seen', models.BigIntegerField(default=0)),
                ('reports_trouble', models.TextField(blank=True, default='')),
                ('reported_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('channel',), name='one_active_account_per_channel'), models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'telegram'])), name='channel_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('rests_until', None), ('trouble', ''), ('trouble_at', None)), models.Q(models.Q(('trouble', ''), _negated=True), ('rests_until__isnull', False), ('trouble_at__isnull', False)), _connector='OR'), name='trouble_has_a_moment')],
            },
        ),
        migrations.CreateModel(
            name='ChannelAccountHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('telegram', 'Telegram')], max_length=20, verbose_name='channel')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('settings', models.JSONField(default=dict)),
                ('reports', models.JSONField(blank=True, default=dict)),
                ('is_active', models.BooleanField(default=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='channels.channelaccount')),
            ],
            options={
                'db_table': 'channels_channelaccount_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='channelaccount_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelaccount',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "channels_channelaccount_history" ("channel", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reports", "settings") VALUES (NEW."channel", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."reports", NEW."settings"); RETURN NULL;', hash='a3e99fc775cc6e972c59dca8b9c1a3071c451496', operation='INSERT', pgid='pgtrigger_added_insert_4b689', table='channels_channelaccount', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelaccount',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."channel", OLD."name", OLD."settings", OLD."reports", OLD."is_active") IS DISTINCT FROM ROW(NEW."channel", NEW."name", NEW."settings", NEW."reports", NEW."is_active"))', func='INSERT INTO "channels_channelaccount_history" ("channel", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reports", "settings") VALUES (OLD."channel", OLD."id", OLD."is_active", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."reports", OLD."settings"); RETURN NULL;', hash='2218464941235204a98f6d1d5a0762d460cc6985', operation='UPDATE', pgid='pgtrigger_history_1_before_68d95', table='channels_channelaccount', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelaccount',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."channel", OLD."name", OLD."settings", OLD."reports", OLD."is_active") IS DISTINCT FROM ROW(NEW."channel", NEW."name", NEW."settings", NEW."reports", NEW."is_active"))', func='INSERT INTO "channels_channelaccount_history" ("channel", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reports", "settings") VALUES (NEW."channel", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."reports", NEW."settings"); RETURN NULL;', hash='6c9fe67410621c3f05bb0eded6fdf26ac29e5e57', operation='UPDATE', pgid='pgtrigger_history_2_changed_5ed7d', table='channels_channelaccount', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelaccount',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "channels_channelaccount_history" ("channel", "id", "is_active", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reports", "settings") VALUES (OLD."channel", OLD."id", OLD."is_active", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."reports", OLD."settings"); RETURN NULL;', hash='3c8652bd46080cd53188413fd8598a47f84d0102', operation='DELETE', pgid='pgtrigger_removed_delete_08e56', table='channels_channelaccount', when='AFTER')),
        ),
    ]
