import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import mijoz.events.models
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('file', 'File'), ('api', 'Program'), ('site', 'Web site'), ('webhook', 'Webhook'), ('own', 'Mijoz itself')], db_default='file', default='file', max_length=10)),
                ('is_open', models.BooleanField(db_default=True, default=True)),
                ('origins', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Touched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity_id', models.BigIntegerField(null=True)),
                ('first_event', models.BigIntegerField(null=True)),
                ('last_event', models.BigIntegerField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('first_event__lte', models.F('last_event')), ('identity_id__isnull', True)), models.Q(('first_event__isnull', True), ('identity_id__isnull', False), ('last_event__isnull', True)), _connector='OR'), name='touched_events_or_identity')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('account', models.CharField(db_default='', default='', max_length=100)),
                ('value', models.CharField(max_length=400)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('value', 'kind', 'account'), name='identity_known_once')],
            },
        ),
        migrations.CreateModel(
            name='LakeStep',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('next_transaction', models.BigIntegerField(default=0)),
                ('exported_at', models.DateTimeField(null=True)),
                ('rows', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', models.Value(1))), name='one_lake')],
            },
        ),
        migrations.CreateModel(
            name='SourceHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.SlugField(db_index=False, max_length=60)),
                ('kind', models.CharField(choices=[('file', 'File'), ('api', 'Program'), ('site', 'Web site'), ('webhook', 'Webhook'), ('own', 'Mijoz itself')], db_default='file', default='file', max_length=10)),
                ('is_open', models.BooleanField(db_default=True, default=True)),
                ('origins', models.JSONField(blank=True, default=list)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='events.source')),
            ],
            options={
                'db_table': 'events_source_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='source_by_change')],
            },
        ),
        migrations.CreateModel(
            name='WebhookCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call_id', models.CharField(max_length=200)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='events.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'call_id'), name='webhook_called_once')],
            },
        ),
        migrations.CreateModel(
            name='WriteKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('begins_with', models.CharField(max_length=12)),
                ('calls', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='write_keys', to='events.source')),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='webhook', serialize=False, to='events.source')),
                ('secret', models.TextField(blank=True, default='')),
                ('secret_before', models.TextField(blank=True, default='')),
                ('secret_before_until', models.DateTimeField(null=True)),
                ('signature', models.CharField(choices=[('standard', 'Standard Webhooks'), ('hmac', 'HMAC-SHA256 in a header'), ('header', 'A secret in a header'), ('basic', 'Name and password (Basic)'), ('address', 'A secret in the address')], default='standard', max_length=20)),
                ('header', models.CharField(blank=True, default='', max_length=80)),
                ('encoding', models.CharField(choices=[('hex', 'hex'), ('base64', 'Base64')], default='hex', max_length=10)),
                ('mapping', models.JSONField(default=dict)),
                ('sample', models.JSONField(null=True)),
                ('last_call', models.JSONField(null=True)),
                ('called_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('refused_why', models.CharField(blank=True, default='', max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Quarantined',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(db_default='', default='', max_length=200)),
                ('message', models.JSONField()),
                ('original', models.JSONField(null=True)),
                ('reason', models.CharField(max_length=400)),
                ('field', models.CharField(db_default='', default='', max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('replayed', 'Replayed'), ('dropped', 'Dropped')], db_default='waiting', default='waiting', max_length=10)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_at', models.DateTimeField(null=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quarantined', to='events.source')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['source', '-id'], name='quarantined_by_source')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting'), models.Q(('message_id', ''), _negated=True)), fields=('source', 'message_id'), name='quarantined_once')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('message_id', models.CharField(max_length=200)),
                ('type', models.CharField(max_length=60)),
                ('occurred_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reference', models.CharField(db_default='', max_length=200)),
                ('item', models.CharField(db_default='', max_length=400)),
                ('quantity', models.FloatField(null=True)),
                ('amount', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('discount', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('currency', models.CharField(db_default='', max_length=3)),
                ('branch', models.CharField(db_default='', max_length=40)),
                ('channel', models.CharField(db_default='', max_length=40)),
                ('payload', models.JSONField(null=True)),
                ('written_by', models.BigIntegerField(db_default=mijoz.events.models.CurrentTransaction(), editable=False)),
                ('identity', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='events.identity')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='events.source')),
            ],
            options={
                'indexes': [models.Index(fields=['identity', 'occurred_at'], name='event_by_identity'), django.contrib.postgres.indexes.BrinIndex(fields=['occurred_at'], name='event_by_moment'), models.Index(condition=models.Q(('type__in', ('purchase_line', 'refund_line', 'gift_line', 'visit', 'booking_made', 'booking_missed', 'booking_cancelled'))), fields=['occurred_at'], name='event_traded'), django.contrib.postgres.indexes.BrinIndex(fields=['written_by'], name='event_by_transaction'), models.Index(condition=models.Q(('type__in', ('purchase_line', 'refund_line'))), fields=['identity'], name='event_lines')],
                'constraints': [models.UniqueConstraint(fields=('source', 'message_id'), name='event_written_once')],
            },
        ),
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('events', models.PositiveBigIntegerField()),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='events.source')),
            ],
            options={
                'indexes': [models.Index(fields=['source', 'received_at'], name='arrival_by_source')],
            },
        ),
        migrations.CreateModel(
            name='WebhookHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('signature', models.CharField(choices=[('standard', 'Standard Webhooks'), ('hmac', 'HMAC-SHA256 in a header'), ('header', 'A secret in a header'), ('basic', 'Name and password (Basic)'), ('address', 'A secret in the address')], default='standard', max_length=20)),
                ('mapping', models.JSONField(default=dict)),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='events.source')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='events.webhook')),
            ],
            options={
                'db_table': 'events_webhook_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='webhook_by_change')],
            },
        ),
        migrations.CreateModel(
            name='WriteKeyHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('begins_with', models.CharField(max_length=12)),
                ('calls', models.JSONField(default=list)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='events.writekey')),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.source')),
            ],
            options={
                'db_table': 'events_writekey_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='writekey_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "events_source_history" ("id", "is_open", "kind", "name", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_open", NEW."kind", NEW."name", NEW."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='e705a47254d8f9b78de1cf491612d53584fa8e22', operation='INSERT', pgid='pgtrigger_added_insert_5a7dc', table='events_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."kind", OLD."is_open", OLD."origins") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."kind", NEW."is_open", NEW."origins"))', func='INSERT INTO "events_source_history" ("id", "is_open", "kind", "name", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_open", OLD."kind", OLD."name", OLD."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='7c9c4cfb3ec860dc334ca10fd65b359900dbeb1f', operation='UPDATE', pgid='pgtrigger_history_1_before_a3e2e', table='events_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."kind", OLD."is_open", OLD."origins") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."kind", NEW."is_open", NEW."origins"))', func='INSERT INTO "events_source_history" ("id", "is_open", "kind", "name", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_open", NEW."kind", NEW."name", NEW."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='c12c9071041756df0c6d8786b816fe60cb8d6a67', operation='UPDATE', pgid='pgtrigger_history_2_changed_5182f', table='events_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "events_source_history" ("id", "is_open", "kind", "name", "origins", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_open", OLD."kind", OLD."name", OLD."origins", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='4674956e47110958930f04723e24de9398ca4ebf', operation='DELETE', pgid='pgtrigger_removed_delete_8e9a5', table='events_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webhook',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "events_webhook_history" ("mapping", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature", "source_id") VALUES (NEW."mapping", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."source_id", NEW."signature", NEW."source_id"); RETURN NULL;', hash='dc600f3c32fcf8c57acf6e25ca1741c211de08a9', operation='INSERT', pgid='pgtrigger_added_insert_9a95c', table='events_webhook', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webhook',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."source_id", OLD."signature", OLD."mapping") IS DISTINCT FROM ROW(NEW."source_id", NEW."signature", NEW."mapping"))', func='INSERT INTO "events_webhook_history" ("mapping", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature", "source_id") VALUES (OLD."mapping", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."source_id", OLD."signature", OLD."source_id"); RETURN NULL;', hash='a9fad6f40ec603f574b28771135b769fff01cad1', operation='UPDATE', pgid='pgtrigger_history_1_before_be867', table='events_webhook', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webhook',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."source_id", OLD."signature", OLD."mapping") IS DISTINCT FROM ROW(NEW."source_id", NEW."signature", NEW."mapping"))', func='INSERT INTO "events_webhook_history" ("mapping", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature", "source_id") VALUES (NEW."mapping", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."source_id", NEW."signature", NEW."source_id"); RETURN NULL;', hash='760ae40b3c89d20e9fa3af9d758bf281ac30b149', operation='UPDATE', pgid='pgtrigger_history_2_changed_20bb4', table='events_webhook', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='webhook',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "events_webhook_history" ("mapping", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signature", "source_id") VALUES (OLD."mapping", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."source_id", OLD."signature", OLD."source_id"); RETURN NULL;', hash='4d5489ad3c213e713e10fbec3360c079b0287380', operation='DELETE', pgid='pgtrigger_removed_delete_80581', table='events_webhook', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writekey',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "events_writekey_history" ("begins_with", "calls", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "source_id") VALUES (NEW."begins_with", NEW."calls", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."revoked_at", NEW."source_id"); RETURN NULL;', hash='9163c8649d23dee1b0665f65a7aec94fde8a64e4', operation='INSERT', pgid='pgtrigger_added_insert_55486', table='events_writekey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writekey',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."source_id", OLD."begins_with", OLD."calls", OLD."revoked_at") IS DISTINCT FROM ROW(NEW."source_id", NEW."begins_with", NEW."calls", NEW."revoked_at"))', func='INSERT INTO "events_writekey_history" ("begins_with", "calls", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "source_id") VALUES (OLD."begins_with", OLD."calls", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."revoked_at", OLD."source_id"); RETURN NULL;', hash='4cd28b144b7ee5f13c56a0142f92a219d5b09f74', operation='UPDATE', pgid='pgtrigger_history_1_before_89d69', table='events_writekey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writekey',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."source_id", OLD."begins_with", OLD."calls", OLD."revoked_at") IS DISTINCT FROM ROW(NEW."source_id", NEW."begins_with", NEW."calls", NEW."revoked_at"))', func='INSERT INTO "events_writekey_history" ("begins_with", "calls", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "source_id") VALUES (NEW."begins_with", NEW."calls", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."revoked_at", NEW."source_id"); RETURN NULL;', hash='fffe0011f7454ccab7cb5fafaac6e4a0a0d9d971', operation='UPDATE', pgid='pgtrigger_history_2_changed_10215', table='events_writekey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writekey',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "events_writekey_history" ("begins_with", "calls", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "source_id") VALUES (OLD."begins_with", OLD."calls", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."revoked_at", OLD."source_id"); RETURN NULL;', hash='d3785e62ca774a0effb269981671450c444e4fd5', operation='DELETE', pgid='pgtrigger_removed_delete_a9aae', table='events_writekey', when='AFTER')),
        ),
    ]
