import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import mijoz.events.models
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
                ('identity_id', models.BigIntegerField()),
            ],
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
                'indexes': [models.Index(fields=['identity', 'occurred_at'], name='event_by_identity'), django.contrib.postgres.indexes.BrinIndex(fields=['occurred_at'], name='event_by_moment'), models.Index(condition=models.Q(('type__in', ('purchase_line', 'refund_line', 'gift_line', 'visit', 'booking_made', 'booking_missed'))), fields=['occurred_at'], name='event_traded'), django.contrib.postgres.indexes.BrinIndex(fields=['written_by'], name='event_by_transaction')],
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
    ]
