import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
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
        migrations.AddConstraint(
            model_name='scenarioversion',
            constraint=models.UniqueConstraint(fields=('scenario', 'number'), name='versions_of_a_scenario_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='scenarioversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='scenario_versions_count_from_one'),
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
