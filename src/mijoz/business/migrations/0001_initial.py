import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import mijoz.business.models
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Branch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('city', models.CharField(blank=True, default='', max_length=100, verbose_name='city')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Business',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='', max_length=200, verbose_name='name')),
                ('sector', models.CharField(choices=[('restaurant', 'Restaurant or café'), ('clinic', 'Clinic'), ('hotel', 'Hotel or tours'), ('repair', 'Repair shop'), ('salon', 'Salon'), ('other', 'Another service')], default='other', max_length=20, verbose_name='sector')),
                ('currency', models.CharField(default='UZS', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'A currency is three capital letters, such as UZS.')], verbose_name='currency')),
                ('time_zone', models.CharField(default='Asia/Tashkent', max_length=64, validators=[mijoz.business.models.validate_time_zone], verbose_name='time zone')),
                ('language', models.CharField(default='uz', max_length=2, verbose_name='language of messages')),
                ('quiet_from', models.TimeField(default=datetime.time(21, 0), verbose_name='quiet hours from')),
                ('quiet_until', models.TimeField(default=datetime.time(9, 0), verbose_name='quiet hours until')),
                ('messages_a_day', models.PositiveSmallIntegerField(blank=True, default=1, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='marketing messages a day to one customer')),
                ('messages_a_week', models.PositiveSmallIntegerField(blank=True, default=3, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='marketing messages a week to one customer')),
                ('rest_after_complaint_days', models.PositiveSmallIntegerField(blank=True, default=14, help_text='Empty or zero: none.', null=True, verbose_name='days without marketing after a complaint')),
                ('reveals_in_marketing', models.PositiveSmallIntegerField(blank=True, default=3, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='personal facts that one marketing message may reveal')),
                ('reveals_in_service', models.PositiveSmallIntegerField(blank=True, default=None, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='personal facts that one service message may reveal')),
                ('control_percent', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='customers without any marketing scenario, per cent')),
                ('control_period', models.CharField(choices=[('month', 'a month'), ('quarter', 'a quarter of a year'), ('year', 'a year')], db_default='quarter', default='quarter', max_length=10, verbose_name='how long the same ones go without')),
                ('started_as', models.CharField(blank=True, default='', max_length=10)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_business'), models.CheckConstraint(condition=models.Q(('control_percent__lte', 50)), name='control_group_is_the_smaller_part')],
            },
        ),
        migrations.CreateModel(
            name='StaffMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20, verbose_name='role')),
                ('language', models.CharField(default='uz', max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('times_shut_out', models.PositiveIntegerField(default=0)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='staff', to='business.branch', verbose_name='branch')),
            ],
            options={
                'ordering': ['name', 'email'],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'manager', 'front_office', 'operator', 'service_master', 'marketer', 'analyst'])), name='role_is_known'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='email_is_in_small_letters')],
            },
        ),
        migrations.CreateModel(
            name='BranchHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('city', models.CharField(blank=True, default='', max_length=100, verbose_name='city')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='business.branch')),
            ],
            options={
                'db_table': 'business_branch_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='branch_by_change')],
            },
        ),
        migrations.CreateModel(
            name='BusinessHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(default='', max_length=200, verbose_name='name')),
                ('sector', models.CharField(choices=[('restaurant', 'Restaurant or café'), ('clinic', 'Clinic'), ('hotel', 'Hotel or tours'), ('repair', 'Repair shop'), ('salon', 'Salon'), ('other', 'Another service')], default='other', max_length=20, verbose_name='sector')),
                ('currency', models.CharField(default='UZS', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'A currency is three capital letters, such as UZS.')], verbose_name='currency')),
                ('time_zone', models.CharField(default='Asia/Tashkent', max_length=64, validators=[mijoz.business.models.validate_time_zone], verbose_name='time zone')),
                ('language', models.CharField(default='uz', max_length=2, verbose_name='language of messages')),
                ('quiet_from', models.TimeField(default=datetime.time(21, 0), verbose_name='quiet hours from')),
                ('quiet_until', models.TimeField(default=datetime.time(9, 0), verbose_name='quiet hours until')),
                ('messages_a_day', models.PositiveSmallIntegerField(blank=True, default=1, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='marketing messages a day to one customer')),
                ('messages_a_week', models.PositiveSmallIntegerField(blank=True, default=3, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='marketing messages a week to one customer')),
                ('rest_after_complaint_days', models.PositiveSmallIntegerField(blank=True, default=14, help_text='Empty or zero: none.', null=True, verbose_name='days without marketing after a complaint')),
                ('reveals_in_marketing', models.PositiveSmallIntegerField(blank=True, default=3, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='personal facts that one marketing message may reveal')),
                ('reveals_in_service', models.PositiveSmallIntegerField(blank=True, default=None, help_text='Empty means no limit, zero means none at all.', null=True, verbose_name='personal facts that one service message may reveal')),
                ('control_percent', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='customers without any marketing scenario, per cent')),
                ('control_period', models.CharField(choices=[('month', 'a month'), ('quarter', 'a quarter of a year'), ('year', 'a year')], db_default='quarter', default='quarter', max_length=10, verbose_name='how long the same ones go without')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='business.business')),
            ],
            options={
                'db_table': 'business_business_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='business_by_change')],
            },
        ),
        migrations.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='working_hours', to='business.branch')),
            ],
            options={
                'ordering': ['weekday', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='weekday_is_a_day'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='closes_after_opening'), models.UniqueConstraint(fields=('branch', 'weekday', 'opens'), name='one_opening_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20, verbose_name='role')),
                ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='business.branch', verbose_name='branch')),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StaffMemberHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20, verbose_name='role')),
                ('language', models.CharField(default='uz', max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('branch', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='business.branch', verbose_name='branch')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'business_staffmember_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='staffmember_by_change')],
            },
        ),
        migrations.CreateModel(
            name='WorkingHoursHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('branch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='business.branch')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='business.workinghours')),
            ],
            options={
                'db_table': 'business_workinghours_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='workinghours_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('begins_with', models.CharField(max_length=12)),
                ('scopes', models.JSONField(default=list)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': [models.OrderBy(models.F('revoked_at'), descending=True, nulls_first=True), 'name'],
            },
        ),
        migrations.CreateModel(
            name='ApiAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('idempotency_key', models.CharField(max_length=255)),
                ('call', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('content_type', models.CharField(default='', max_length=60)),
                ('body', models.TextField(default='')),
                ('answered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='business.apikey')),
            ],
            options={
                'indexes': [models.Index(fields=['answered_at'], name='api_answer_by_age')],
                'constraints': [models.UniqueConstraint(fields=('key', 'idempotency_key'), name='api_call_answered_once')],
            },
        ),
        migrations.CreateModel(
            name='ApiKeyHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('scopes', models.JSONField(default=list)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='business.apikey')),
            ],
            options={
                'db_table': 'business_apikey_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='apikey_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_branch_history" ("city", "code", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."city", NEW."code", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='1aecd26fc9b5ac1ca442dd50b6fdaaf4f2bc9f05', operation='INSERT', pgid='pgtrigger_added_insert_11dab', table='business_branch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."code", OLD."name", OLD."city") IS DISTINCT FROM ROW(NEW."id", NEW."code", NEW."name", NEW."city"))', func='INSERT INTO "business_branch_history" ("city", "code", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."city", OLD."code", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='60dece49d700f7ab1bbacbab2ab1012d30a3e64f', operation='UPDATE', pgid='pgtrigger_history_1_before_e0491', table='business_branch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."code", OLD."name", OLD."city") IS DISTINCT FROM ROW(NEW."id", NEW."code", NEW."name", NEW."city"))', func='INSERT INTO "business_branch_history" ("city", "code", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."city", NEW."code", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='9c8736cfec9001352d830cc272bf424a230c4599', operation='UPDATE', pgid='pgtrigger_history_2_changed_d7b4a', table='business_branch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_branch_history" ("city", "code", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."city", OLD."code", OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='db3073db184264999f16ef0c0b4433c95ffc9516', operation='DELETE', pgid='pgtrigger_removed_delete_abb93', table='business_branch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='business',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_business_history" ("control_percent", "control_period", "currency", "id", "language", "messages_a_day", "messages_a_week", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until", "rest_after_complaint_days", "reveals_in_marketing", "reveals_in_service", "sector", "time_zone") VALUES (NEW."control_percent", NEW."control_period", NEW."currency", NEW."id", NEW."language", NEW."messages_a_day", NEW."messages_a_week", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."quiet_from", NEW."quiet_until", NEW."rest_after_complaint_days", NEW."reveals_in_marketing", NEW."reveals_in_service", NEW."sector", NEW."time_zone"); RETURN NULL;', hash='b7db9ce99053b7868ebe765bc8b88735f41fa0bf', operation='INSERT', pgid='pgtrigger_added_insert_23428', table='business_business', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='business',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."sector", OLD."currency", OLD."time_zone", OLD."language", OLD."quiet_from", OLD."quiet_until", OLD."messages_a_day", OLD."messages_a_week", OLD."rest_after_complaint_days", OLD."reveals_in_marketing", OLD."reveals_in_service", OLD."control_percent", OLD."control_period") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."sector", NEW."currency", NEW."time_zone", NEW."language", NEW."quiet_from", NEW."quiet_until", NEW."messages_a_day", NEW."messages_a_week", NEW."rest_after_complaint_days", NEW."reveals_in_marketing", NEW."reveals_in_service", NEW."control_percent", NEW."control_period"))', func='INSERT INTO "business_business_history" ("control_percent", "control_period", "currency", "id", "language", "messages_a_day", "messages_a_week", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until", "rest_after_complaint_days", "reveals_in_marketing", "reveals_in_service", "sector", "time_zone") VALUES (OLD."control_percent", OLD."control_period", OLD."currency", OLD."id", OLD."language", OLD."messages_a_day", OLD."messages_a_week", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."quiet_from", OLD."quiet_until", OLD."rest_after_complaint_days", OLD."reveals_in_marketing", OLD."reveals_in_service", OLD."sector", OLD."time_zone"); RETURN NULL;', hash='2dc0e92ed4e279155c0b6ace5ae1b036e377a7a7', operation='UPDATE', pgid='pgtrigger_history_1_before_e849f', table='business_business', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='business',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."sector", OLD."currency", OLD."time_zone", OLD."language", OLD."quiet_from", OLD."quiet_until", OLD."messages_a_day", OLD."messages_a_week", OLD."rest_after_complaint_days", OLD."reveals_in_marketing", OLD."reveals_in_service", OLD."control_percent", OLD."control_period") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."sector", NEW."currency", NEW."time_zone", NEW."language", NEW."quiet_from", NEW."quiet_until", NEW."messages_a_day", NEW."messages_a_week", NEW."rest_after_complaint_days", NEW."reveals_in_marketing", NEW."reveals_in_service", NEW."control_percent", NEW."control_period"))', func='INSERT INTO "business_business_history" ("control_percent", "control_period", "currency", "id", "language", "messages_a_day", "messages_a_week", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until", "rest_after_complaint_days", "reveals_in_marketing", "reveals_in_service", "sector", "time_zone") VALUES (NEW."control_percent", NEW."control_period", NEW."currency", NEW."id", NEW."language", NEW."messages_a_day", NEW."messages_a_week", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."quiet_from", NEW."quiet_until", NEW."rest_after_complaint_days", NEW."reveals_in_marketing", NEW."reveals_in_service", NEW."sector", NEW."time_zone"); RETURN NULL;', hash='e9b9d88f576ed05699f55eaaa15dd2e81ab4d9cb', operation='UPDATE', pgid='pgtrigger_history_2_changed_6c7ee', table='business_business', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='business',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_business_history" ("control_percent", "control_period", "currency", "id", "language", "messages_a_day", "messages_a_week", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until", "rest_after_complaint_days", "reveals_in_marketing", "reveals_in_service", "sector", "time_zone") VALUES (OLD."control_percent", OLD."control_period", OLD."currency", OLD."id", OLD."language", OLD."messages_a_day", OLD."messages_a_week", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."quiet_from", OLD."quiet_until", OLD."rest_after_complaint_days", OLD."reveals_in_marketing", OLD."reveals_in_service", OLD."sector", OLD."time_zone"); RETURN NULL;', hash='360eae76d684066aa9f29c9afee1a61c2c4df970', operation='DELETE', pgid='pgtrigger_removed_delete_b94cd', table='business_business', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_apikey_history" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes") VALUES (NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."revoked_at", NEW."scopes"); RETURN NULL;', hash='e3ab8879b12c5fb0f81a0fd9691673cbb6efc00c', operation='INSERT', pgid='pgtrigger_added_insert_17205', table='business_apikey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."name", OLD."scopes", OLD."revoked_at") IS DISTINCT FROM ROW(NEW."name", NEW."scopes", NEW."revoked_at"))', func='INSERT INTO "business_apikey_history" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes") VALUES (OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."revoked_at", OLD."scopes"); RETURN NULL;', hash='7094b86a2ff23e7f222de433c76049a6133dadca', operation='UPDATE', pgid='pgtrigger_history_1_before_9ba11', table='business_apikey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."name", OLD."scopes", OLD."revoked_at") IS DISTINCT FROM ROW(NEW."name", NEW."scopes", NEW."revoked_at"))', func='INSERT INTO "business_apikey_history" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes") VALUES (NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."revoked_at", NEW."scopes"); RETURN NULL;', hash='2b830a9b5340e6b4498867eadff700d522bbedd1', operation='UPDATE', pgid='pgtrigger_history_2_changed_f55c1', table='business_apikey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_apikey_history" ("id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes") VALUES (OLD."id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."revoked_at", OLD."scopes"); RETURN NULL;', hash='c393653397109d492a5ead8afd78fe89e06d1906', operation='DELETE', pgid='pgtrigger_removed_delete_29ffb', table='business_apikey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffmember',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_staffmember_history" ("branch_id", "email", "id", "is_active", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."branch_id", NEW."email", NEW."id", NEW."is_active", NEW."language", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."role"); RETURN NULL;', hash='2e29b214cd2d856f1285000ec644d690f91add82', operation='INSERT', pgid='pgtrigger_added_insert_a98ba', table='business_staffmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffmember',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."email", OLD."name", OLD."role", OLD."branch_id", OLD."language", OLD."is_active") IS DISTINCT FROM ROW(NEW."email", NEW."name", NEW."role", NEW."branch_id", NEW."language", NEW."is_active"))', func='INSERT INTO "business_staffmember_history" ("branch_id", "email", "id", "is_active", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (OLD."branch_id", OLD."email", OLD."id", OLD."is_active", OLD."language", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."role"); RETURN NULL;', hash='1175cd5cd839931c6313c7b84f74921ea09a33e4', operation='UPDATE', pgid='pgtrigger_history_1_before_ddd66', table='business_staffmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffmember',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."email", OLD."name", OLD."role", OLD."branch_id", OLD."language", OLD."is_active") IS DISTINCT FROM ROW(NEW."email", NEW."name", NEW."role", NEW."branch_id", NEW."language", NEW."is_active"))', func='INSERT INTO "business_staffmember_history" ("branch_id", "email", "id", "is_active", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."branch_id", NEW."email", NEW."id", NEW."is_active", NEW."language", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."role"); RETURN NULL;', hash='d4a4b9840c8fc223331e954378984a82f25b7e15', operation='UPDATE', pgid='pgtrigger_history_2_changed_16247', table='business_staffmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffmember',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_staffmember_history" ("branch_id", "email", "id", "is_active", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (OLD."branch_id", OLD."email", OLD."id", OLD."is_active", OLD."language", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."role"); RETURN NULL;', hash='9395688ed201c7731ed90806453b862ceaef5a09', operation='DELETE', pgid='pgtrigger_removed_delete_32d3f', table='business_staffmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workinghours',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_workinghours_history" ("branch_id", "closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."branch_id", NEW."closes", NEW."id", NEW."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."weekday"); RETURN NULL;', hash='12162b0262dbc32d41ce181bde350d0853844e0e', operation='INSERT', pgid='pgtrigger_added_insert_cff15', table='business_workinghours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workinghours',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."branch_id", OLD."weekday", OLD."opens", OLD."closes") IS DISTINCT FROM ROW(NEW."id", NEW."branch_id", NEW."weekday", NEW."opens", NEW."closes"))', func='INSERT INTO "business_workinghours_history" ("branch_id", "closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."branch_id", OLD."closes", OLD."id", OLD."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."weekday"); RETURN NULL;', hash='6fcc6f1e6f34e03934276f7a2830d43965fdb914', operation='UPDATE', pgid='pgtrigger_history_1_before_fb333', table='business_workinghours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workinghours',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."branch_id", OLD."weekday", OLD."opens", OLD."closes") IS DISTINCT FROM ROW(NEW."id", NEW."branch_id", NEW."weekday", NEW."opens", NEW."closes"))', func='INSERT INTO "business_workinghours_history" ("branch_id", "closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."branch_id", NEW."closes", NEW."id", NEW."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."weekday"); RETURN NULL;', hash='da992d8c31c8d34aab6013be6d404576a6524798', operation='UPDATE', pgid='pgtrigger_history_2_changed_ab296', table='business_workinghours', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workinghours',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "business_workinghours_history" ("branch_id", "closes", "id", "opens", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."branch_id", OLD."closes", OLD."id", OLD."opens", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."weekday"); RETURN NULL;', hash='8b492ff753143838c4702a27bc4950c5d2cba148', operation='DELETE', pgid='pgtrigger_removed_delete_b6d81', table='business_workinghours', when='AFTER')),
        ),
    ]
