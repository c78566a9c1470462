import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import mijoz.business.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
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
            ],
            options={
                'ordering': ['name', 'email'],
            },
        ),
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
        migrations.AddField(
            model_name='staffmember',
            name='branch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='staff', to='business.branch', verbose_name='branch'),
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
                ('started_as', models.CharField(blank=True, default='', max_length=10)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_business')],
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
        migrations.AddConstraint(
            model_name='staffmember',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'manager', 'front_office', 'operator', 'service_master', 'marketer', 'analyst'])), name='role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='staffmember',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='email_is_in_small_letters'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='weekday_is_a_day'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='closes_after_opening'),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.UniqueConstraint(fields=('branch', 'weekday', 'opens'), name='one_opening_at_a_time'),
        ),
    ]
