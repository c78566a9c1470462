import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '__first__'),
        ('scenarios', '0001_initial'),
        ('surveys', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthlyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.CharField(max_length=7, unique=True, validators=[django.core.validators.RegexValidator('^[0-9]{4}-(0[1-9]|1[0-2])$')])),
                ('figures', models.JSONField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-month'],
            },
        ),
        migrations.CreateModel(
            name='PilotPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goal', models.CharField(choices=[('reached', 'Customers who reach the goal'), ('revenue', 'Revenue for each customer')], max_length=10)),
                ('reaches', models.JSONField()),
                ('method', models.CharField(choices=[('hold_out', 'Hold-out'), ('pooled', 'Hold-out, read together with other pilots')], default='hold_out', max_length=10)),
                ('window_days', models.PositiveSmallIntegerField()),
                ('smallest', models.FloatField()),
                ('holdout_share', models.FloatField()),
                ('pilot_percent', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('goal_rate', models.FloatField(null=True)),
                ('customers', models.PositiveIntegerField()),
                ('weeks', models.FloatField(null=True)),
                ('margin', models.FloatField(default=1.0)),
                ('fixed_cost', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('made_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_note', models.CharField(blank=True, default='', max_length=300)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scenario', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scenarios.scenario')),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scenarios.scenarioversion')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None), ('started_at__isnull', False)), fields=('scenario',), name='one_running_plan_of_a_scenario'), models.CheckConstraint(condition=models.Q(('goal__in', ['reached', 'revenue'])), name='plan_goal_is_known'), models.CheckConstraint(condition=models.Q(('method__in', ['hold_out', 'pooled'])), name='plan_method_is_known'), models.CheckConstraint(condition=models.Q(('smallest__gt', 0)), name='plan_wants_to_see_something'), models.CheckConstraint(condition=models.Q(('holdout_share__gt', 0), ('holdout_share__lt', 1)), name='plan_keeps_a_share_for_comparison'), models.CheckConstraint(condition=models.Q(('margin__gt', 0), ('margin__lte', 1)), name='plan_margin_is_a_share'), models.CheckConstraint(condition=models.Q(('fixed_cost__gte', 0)), name='plan_cost_is_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('started_at', None), ('version', None)), models.Q(('started_at__isnull', False), ('version__isnull', False)), _connector='OR'), name='a_started_plan_has_its_version')],
            },
        ),
        migrations.CreateModel(
            name='PilotReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pilot', models.CharField(max_length=80, unique=True)),
                ('as_of', models.DateField()),
                ('terms', models.CharField(blank=True, default='', max_length=120)),
                ('newest_event', models.BigIntegerField()),
                ('document', models.JSONField()),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pilot'],
            },
        ),
        migrations.CreateModel(
            name='PooledFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('period', models.CharField(max_length=7)),
                ('p25', models.FloatField()),
                ('median', models.FloatField()),
                ('p75', models.FloatField()),
                ('n', models.PositiveIntegerField()),
                ('imported_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name', '-period'],
                'constraints': [models.UniqueConstraint(fields=('name', 'period'), name='one_pooled_figure_a_period'), models.CheckConstraint(condition=models.Q(('median__lte', models.F('p75')), ('p25__lte', models.F('median'))), name='pooled_quartiles_are_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pain', 'Pain'), ('gaps', 'Gaps')], max_length=10)),
                ('as_of', models.DateField()),
                ('document', models.JSONField()),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-as_of'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'as_of'), name='one_reading_of_a_kind_a_day'), models.CheckConstraint(condition=models.Q(('kind__in', ['pain', 'gaps'])), name='reading_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ReportAim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=40, unique=True)),
                ('value', models.FloatField(null=True)),
            ],
            options={
                'ordering': ['figure'],
            },
        ),
        migrations.CreateModel(
            name='ReportMaking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.CharField(max_length=7, unique=True, validators=[django.core.validators.RegexValidator('^[0-9]{4}-(0[1-9]|1[0-2])$')])),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('share_done', models.FloatField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='report_making_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ReportReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['member'],
            },
        ),
        migrations.CreateModel(
            name='RoadStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(choices=[('audit', 'Data audit'), ('profile', 'One profile'), ('rules', 'Segment rules'), ('pilots', 'Pilot scenarios'), ('kpis', 'KPIs watched'), ('training', 'Staff trained')], max_length=20, unique=True)),
                ('aimed_on', models.DateField(blank=True, null=True, verbose_name='By when')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('who', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Who does it')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('key__in', ['audit', 'profile', 'rules', 'pilots', 'kpis', 'training'])), name='step_of_the_road_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ThemeFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=60)),
                ('target', models.FloatField(blank=True, null=True)),
                ('theme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='surveys.theme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('theme', 'figure'), name='a_figure_is_set_beside_a_theme_once')],
            },
        ),
        migrations.CreateModel(
            name='TrainingRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20)),
                ('sector', models.CharField(max_length=20)),
                ('seed', models.PositiveIntegerField()),
                ('exercises', models.JSONField()),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training_rounds', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('staff',), name='one_open_round_of_training')],
            },
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('before_after', 'Before and after'), ('differences', 'Difference in differences')], max_length=20)),
                ('metric', models.CharField(max_length=40)),
                ('changed_on', models.DateField()),
                ('unit', models.CharField(blank=True, choices=[('', 'the whole business'), ('branch', 'branches'), ('segment', 'segments')], default='', max_length=10)),
                ('groups', models.JSONField(default=list)),
                ('as_of', models.DateField()),
                ('result', models.JSONField()),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['before_after', 'differences'])), name='comparison_kind_is_known'), models.CheckConstraint(condition=models.Q(('kind', 'before_after'), models.Q(('unit', ''), _negated=True), _connector='OR'), name='differences_are_between_units')],
            },
        ),
        migrations.CreateModel(
            name='Computation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(null=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('step', models.CharField(choices=[('profiles', 'Bringing the profiles up to date'), ('segments', 'Moving customers between segments'), ('kpis', 'Computing the KPIs')], default='profiles', max_length=10)),
                ('share_done', models.FloatField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='computation_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='GapAim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dimensions', models.JSONField(default=list, verbose_name='dimensions')),
                ('chosen_at', models.DateTimeField()),
                ('chosen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scenario', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='scenarios.scenario')),
            ],
        ),
        migrations.CreateModel(
            name='KpiAim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('target', models.FloatField(blank=True, null=True, verbose_name='target')),
                ('tolerance', models.FloatField(default=0.05, verbose_name='tolerance')),
                ('is_watched', models.BooleanField(default=False, verbose_name='alert')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='kpis', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('tolerance__gte', 0), ('tolerance__lte', 1)), name='tolerance_is_a_part'), models.CheckConstraint(condition=models.Q(('is_watched', False), ('target__isnull', False), _connector='OR'), name='what_is_watched_has_a_target')],
            },
        ),
        migrations.CreateModel(
            name='KpiAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('opened_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('month', models.CharField(blank=True, default='', max_length=7)),
                ('target', models.FloatField()),
                ('value', models.FloatField()),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('certainty', models.CharField(choices=[('surely', 'Surely worse'), ('perhaps', 'Perhaps worse')], max_length=10)),
                ('last_value', models.FloatField()),
                ('seen_on', models.DateField()),
                ('closed_on', models.DateField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='kpi_alerts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-opened_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('name',), name='one_open_alert_of_a_kpi'), models.CheckConstraint(condition=models.Q(('certainty__in', ['surely', 'perhaps'])), name='certainty_of_an_alert_is_known')],
            },
        ),
        migrations.CreateModel(
            name='KpiValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('name', models.CharField(max_length=60)),
                ('group', models.CharField(max_length=20)),
                ('unit', models.CharField(max_length=10)),
                ('dimension', models.CharField(blank=True, default='', max_length=12)),
                ('member', models.CharField(blank=True, default='', max_length=200)),
                ('month', models.CharField(blank=True, default='', max_length=7)),
                ('scenario', models.CharField(blank=True, default='', max_length=60)),
                ('value', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('numerator', models.FloatField(null=True)),
                ('denominator', models.FloatField(null=True)),
                ('count', models.BigIntegerField(null=True)),
                ('detail', models.JSONField(null=True)),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('as_of', 'name', 'dimension', 'member', 'month', 'scenario'), name='one_value_of_a_kpi_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('dimension', ''), ('member', '')), models.Q(models.Q(('dimension', ''), _negated=True), models.Q(('member', ''), _negated=True)), _connector='OR'), name='a_kpi_value_has_a_dimension_with_its_member')],
            },
        ),
        migrations.CreateModel(
            name='PilotPlanHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('goal', models.CharField(choices=[('reached', 'Customers who reach the goal'), ('revenue', 'Revenue for each customer')], max_length=10)),
                ('smallest', models.FloatField()),
                ('holdout_share', models.FloatField()),
                ('customers', models.PositiveIntegerField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_note', models.CharField(blank=True, default='', max_length=300)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.pilotplan')),
                ('scenario', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scenarios.scenario')),
            ],
            options={
                'db_table': 'insights_pilotplan_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='pilotplan_by_change')],
            },
        ),
        migrations.CreateModel(
            name='PooledFigureHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('period', models.CharField(max_length=7)),
                ('p25', models.FloatField()),
                ('median', models.FloatField()),
                ('p75', models.FloatField()),
                ('n', models.PositiveIntegerField()),
                ('imported_at', models.DateTimeField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.pooledfigure')),
            ],
            options={
                'db_table': 'insights_pooledfigure_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='pooledfigure_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ReportAimHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('figure', models.CharField(max_length=40)),
                ('value', models.FloatField(null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.reportaim')),
            ],
            options={
                'db_table': 'insights_reportaim_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='reportaim_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ReportReaderHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('member', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.reportreader')),
            ],
            options={
                'db_table': 'insights_reportreader_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='reportreader_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ReportSending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(null=True)),
                ('tried_at', models.DateTimeField()),
                ('trouble', models.TextField(blank=True, default='')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sendings', to='insights.monthlyreport')),
            ],
            options={
                'ordering': ['member'],
                'constraints': [models.UniqueConstraint(fields=('report', 'member'), name='a_report_goes_to_a_reader_once'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('trouble', '')), models.Q(('sent_at', None), models.Q(('trouble', ''), _negated=True)), _connector='OR'), name='what_was_not_sent_says_why')],
            },
        ),
        migrations.CreateModel(
            name='RoadStepHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(choices=[('audit', 'Data audit'), ('profile', 'One profile'), ('rules', 'Segment rules'), ('pilots', 'Pilot scenarios'), ('kpis', 'KPIs watched'), ('training', 'Staff trained')], max_length=20)),
                ('aimed_on', models.DateField(blank=True, null=True, verbose_name='By when')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.roadstep')),
                ('reviewed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('who', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Who does it')),
            ],
            options={
                'db_table': 'insights_roadstep_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='roadstep_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ThemeFigureHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('figure', models.CharField(max_length=60)),
                ('target', models.FloatField(blank=True, null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.themefigure')),
                ('theme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.theme')),
            ],
            options={
                'db_table': 'insights_themefigure_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='themefigure_by_change')],
            },
        ),
        migrations.CreateModel(
            name='TrainingAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('chosen', models.CharField(max_length=40)),
                ('is_right', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('round', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='insights.traininground')),
            ],
            options={
                'ordering': ['round', 'position'],
                'constraints': [models.UniqueConstraint(fields=('round', 'position'), name='an_exercise_is_answered_once')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20, verbose_name='role')),
                ('name', models.CharField(max_length=200)),
                ('check_word', models.CharField(max_length=12, unique=True)),
                ('right', models.PositiveSmallIntegerField()),
                ('exercises', models.PositiveSmallIntegerField()),
                ('passed_on', models.DateField()),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='certificates', to=settings.AUTH_USER_MODEL)),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='certificate', to='insights.traininground')),
            ],
            options={
                'ordering': ['-passed_on', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('right__lte', models.F('exercises'))), name='no_more_right_than_asked')],
            },
        ),
        migrations.CreateModel(
            name='GapAimHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('dimensions', models.JSONField(default=list, verbose_name='dimensions')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.gapaim')),
                ('scenario', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='scenarios.scenario')),
            ],
            options={
                'db_table': 'insights_gapaim_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='gapaim_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Improvement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('gap', models.TextField(blank=True, default='', verbose_name='gap')),
                ('cause', models.TextField(blank=True, default='', verbose_name='cause')),
                ('change', models.TextField(blank=True, default='', verbose_name='change')),
                ('state', models.CharField(choices=[('found', 'Found'), ('planned', 'Planned'), ('tried', 'Being tried'), ('kept', 'Kept'), ('dropped', 'Dropped')], default='found', max_length=10)),
                ('reason', models.TextField(blank=True, default='', verbose_name='reason')),
                ('source', models.CharField(choices=[('hand', 'Written by hand'), ('pain', 'Pain point'), ('gap', 'Gap between expectation and perception'), ('alert', 'Alert'), ('kpi', 'KPI'), ('proof', 'Proof'), ('theme', 'Interviews and open answers')], default='hand', max_length=10)),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('comparison', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='insights.comparison')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scenario', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scenarios.scenario')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='insights.pilotplan')),
            ],
            options={
                'ordering': ['-changed_at', '-id'],
                'indexes': [models.Index(fields=['state', '-changed_at'], name='improvement_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['found', 'planned', 'tried', 'kept', 'dropped'])), name='improvement_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['planned', 'tried', 'kept']), _negated=True), models.Q(('change', ''), _negated=True), _connector='OR'), name='what_is_planned_says_the_change'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['kept', 'dropped']), _negated=True), models.Q(('reason', ''), _negated=True), ('plan__isnull', False), ('comparison__isnull', False), ('scenario__isnull', False), _connector='OR'), name='what_is_decided_says_why')],
            },
        ),
        migrations.CreateModel(
            name='KpiAimHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('target', models.FloatField(blank=True, null=True, verbose_name='target')),
                ('tolerance', models.FloatField(default=0.05, verbose_name='tolerance')),
                ('is_watched', models.BooleanField(default=False, verbose_name='alert')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.kpiaim')),
            ],
            options={
                'db_table': 'insights_kpiaim_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='kpiaim_by_change')],
            },
        ),
        migrations.CreateModel(
            name='CertificateHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('front_office', 'Front office'), ('operator', 'Call-centre operator'), ('service_master', 'Service master'), ('marketer', 'Marketer'), ('analyst', 'Analyst')], max_length=20, verbose_name='role')),
                ('name', models.CharField(max_length=200)),
                ('passed_on', models.DateField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.certificate')),
                ('staff', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'insights_certificate_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='certificate_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ImprovementHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('gap', models.TextField(blank=True, default='', verbose_name='gap')),
                ('cause', models.TextField(blank=True, default='', verbose_name='cause')),
                ('change', models.TextField(blank=True, default='', verbose_name='change')),
                ('state', models.CharField(choices=[('found', 'Found'), ('planned', 'Planned'), ('tried', 'Being tried'), ('kept', 'Kept'), ('dropped', 'Dropped')], default='found', max_length=10)),
                ('reason', models.TextField(blank=True, default='', verbose_name='reason')),
                ('comparison', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='insights.comparison')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='insights.improvement')),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='insights.pilotplan')),
            ],
            options={
                'db_table': 'insights_improvement_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='improvement_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthlyreport',
            trigger=pgtrigger.compiler.Trigger(name='reports_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='97cef4020b75f07656cb1dde6af6af87220245c3', operation='UPDATE OR DELETE', pgid='pgtrigger_reports_never_change_d81cd', table='insights_monthlyreport', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooledfigure',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_pooledfigure_history" ("id", "imported_at", "median", "n", "name", "p25", "p75", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."imported_at", NEW."median", NEW."n", NEW."name", NEW."p25", NEW."p75", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='56fc90155137e2c5c1dad180f3ddb4e5bc06eb5f', operation='INSERT', pgid='pgtrigger_added_insert_ee93f', table='insights_pooledfigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooledfigure',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."period", OLD."p25", OLD."median", OLD."p75", OLD."n", OLD."imported_at") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."period", NEW."p25", NEW."median", NEW."p75", NEW."n", NEW."imported_at"))', func='INSERT INTO "insights_pooledfigure_history" ("id", "imported_at", "median", "n", "name", "p25", "p75", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."imported_at", OLD."median", OLD."n", OLD."name", OLD."p25", OLD."p75", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='776c0683e72a5e1c63f841d0af4ccfa6f41bd980', operation='UPDATE', pgid='pgtrigger_history_1_before_21bc3', table='insights_pooledfigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooledfigure',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."period", OLD."p25", OLD."median", OLD."p75", OLD."n", OLD."imported_at") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."period", NEW."p25", NEW."median", NEW."p75", NEW."n", NEW."imported_at"))', func='INSERT INTO "insights_pooledfigure_history" ("id", "imported_at", "median", "n", "name", "p25", "p75", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."imported_at", NEW."median", NEW."n", NEW."name", NEW."p25", NEW."p75", NEW."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='b5cbe1d8184df5487b99a2d46238f78fc1ac7df2', operation='UPDATE', pgid='pgtrigger_history_2_changed_1b318', table='insights_pooledfigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pooledfigure',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_pooledfigure_history" ("id", "imported_at", "median", "n", "name", "p25", "p75", "period", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."imported_at", OLD."median", OLD."n", OLD."name", OLD."p25", OLD."p75", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='68e5ab5228f9ff5c05c30c56636ea22488f9d6f0', operation='DELETE', pgid='pgtrigger_removed_delete_d844d', table='insights_pooledfigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportaim',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_reportaim_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (NEW."figure", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."value"); RETURN NULL;', hash='e3beb03594325dd951918f628e552f39583d2ee5', operation='INSERT', pgid='pgtrigger_added_insert_78855', table='insights_reportaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportaim',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."figure", OLD."value") IS DISTINCT FROM ROW(NEW."id", NEW."figure", NEW."value"))', func='INSERT INTO "insights_reportaim_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (OLD."figure", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."value"); RETURN NULL;', hash='260ac765c4d90f6b6996f4a38573aa28e89984a8', operation='UPDATE', pgid='pgtrigger_history_1_before_d35fe', table='insights_reportaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportaim',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."figure", OLD."value") IS DISTINCT FROM ROW(NEW."id", NEW."figure", NEW."value"))', func='INSERT INTO "insights_reportaim_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (NEW."figure", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."value"); RETURN NULL;', hash='f8b687f0db2151b19762cb4606f0c1dfc0c9b6e7', operation='UPDATE', pgid='pgtrigger_history_2_changed_c29ff', table='insights_reportaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportaim',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_reportaim_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value") VALUES (OLD."figure", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."value"); RETURN NULL;', hash='4ab155c0be126532a1ae8164f6de255a94d8855a', operation='DELETE', pgid='pgtrigger_removed_delete_d763d', table='insights_reportaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comparison',
            trigger=pgtrigger.compiler.Trigger(name='answered_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."changed_on" IS DISTINCT FROM (NEW."changed_on") OR OLD."groups" IS DISTINCT FROM (NEW."groups") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."metric" IS DISTINCT FROM (NEW."metric") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."unit" IS DISTINCT FROM (NEW."unit"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f5a319f5af481850c264e01d542dfcc4de533b48', operation='UPDATE', pgid='pgtrigger_answered_once_0d9b7', table='insights_comparison', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gapaim',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_gapaim_history" ("dimensions", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (NEW."dimensions", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."scenario_id"); RETURN NULL;', hash='a717e0c7ce8219203d5d613707fc9bb30cc4ead8', operation='INSERT', pgid='pgtrigger_added_insert_85559', table='insights_gapaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gapaim',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."scenario_id", OLD."dimensions") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."dimensions"))', func='INSERT INTO "insights_gapaim_history" ("dimensions", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (OLD."dimensions", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."scenario_id"); RETURN NULL;', hash='501269ec470866c6fa20dad8f8dbd79313304866', operation='UPDATE', pgid='pgtrigger_history_1_before_f034d', table='insights_gapaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gapaim',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."scenario_id", OLD."dimensions") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."dimensions"))', func='INSERT INTO "insights_gapaim_history" ("dimensions", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (NEW."dimensions", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."scenario_id"); RETURN NULL;', hash='2d5b4747e3e0772bf6ad24d5f844b4e296828a4b', operation='UPDATE', pgid='pgtrigger_history_2_changed_6e978', table='insights_gapaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gapaim',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_gapaim_history" ("dimensions", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id") VALUES (OLD."dimensions", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."scenario_id"); RETURN NULL;', hash='c3759a6f5225b260c124b2a33cd2673e91292c20', operation='DELETE', pgid='pgtrigger_removed_delete_90e7c', table='insights_gapaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpiaim',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_kpiaim_history" ("id", "is_watched", "name", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "tolerance") VALUES (NEW."id", NEW."is_watched", NEW."name", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."target", NEW."tolerance"); RETURN NULL;', hash='89edb249ad8c74278a88ecbc2a0102aeadb65677', operation='INSERT', pgid='pgtrigger_added_insert_e1adf', table='insights_kpiaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpiaim',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."target", OLD."tolerance", OLD."owner_id", OLD."is_watched") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."target", NEW."tolerance", NEW."owner_id", NEW."is_watched"))', func='INSERT INTO "insights_kpiaim_history" ("id", "is_watched", "name", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "tolerance") VALUES (OLD."id", OLD."is_watched", OLD."name", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."target", OLD."tolerance"); RETURN NULL;', hash='f526631f3a7e5b62b54a43f3635c8ca2fb060630', operation='UPDATE', pgid='pgtrigger_history_1_before_ac343', table='insights_kpiaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpiaim',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."name", OLD."target", OLD."tolerance", OLD."owner_id", OLD."is_watched") IS DISTINCT FROM ROW(NEW."id", NEW."name", NEW."target", NEW."tolerance", NEW."owner_id", NEW."is_watched"))', func='INSERT INTO "insights_kpiaim_history" ("id", "is_watched", "name", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "tolerance") VALUES (NEW."id", NEW."is_watched", NEW."name", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."target", NEW."tolerance"); RETURN NULL;', hash='19a2118788f876cc04dfb37bddb820ca7f023cfd', operation='UPDATE', pgid='pgtrigger_history_2_changed_bca12', table='insights_kpiaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpiaim',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_kpiaim_history" ("id", "is_watched", "name", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "tolerance") VALUES (OLD."id", OLD."is_watched", OLD."name", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."target", OLD."tolerance"); RETURN NULL;', hash='9ff5b080e95e885746669c4b1aeb1ba82f859dd6', operation='DELETE', pgid='pgtrigger_removed_delete_dbc04', table='insights_kpiaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='fixed_once_started', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."started_at" IS NOT NULL AND ROW(OLD."scenario_id", OLD."goal", OLD."reaches", OLD."window_days", OLD."smallest", OLD."holdout_share", OLD."pilot_percent", OLD."customers", OLD."weeks", OLD."margin", OLD."fixed_cost", OLD."goal_rate", OLD."method", OLD."version_id", OLD."started_at", OLD."ends_on") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."goal", NEW."reaches", NEW."window_days", NEW."smallest", NEW."holdout_share", NEW."pilot_percent", NEW."customers", NEW."weeks", NEW."margin", NEW."fixed_cost", NEW."goal_rate", NEW."method", NEW."version_id", NEW."started_at", NEW."ends_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8c1d1033d55e279b9889c2771eead28e653f1753', operation='UPDATE', pgid='pgtrigger_fixed_once_started_54982', table='insights_pilotplan', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='ended_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ended_at" IS NOT NULL AND ROW(OLD."ended_at") IS DISTINCT FROM ROW(NEW."ended_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b8e9a4f1459efc1b8efc4b7795709943223be747', operation='UPDATE', pgid='pgtrigger_ended_once_0927c', table='insights_pilotplan', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='kept_once_started', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."started_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f4cfdc457afd7a3d2ef44232ed5a0fff6e8b2775', operation='DELETE', pgid='pgtrigger_kept_once_started_b6df8', table='insights_pilotplan', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_pilotplan_history" ("customers", "end_note", "ended_at", "goal", "holdout_share", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id", "smallest", "started_at") VALUES (NEW."customers", NEW."end_note", NEW."ended_at", NEW."goal", NEW."holdout_share", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."scenario_id", NEW."smallest", NEW."started_at"); RETURN NULL;', hash='23f24d07d1e53af0c220694187142d005f7f8aef', operation='INSERT', pgid='pgtrigger_added_insert_c0b72', table='insights_pilotplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."scenario_id", OLD."goal", OLD."smallest", OLD."holdout_share", OLD."customers", OLD."started_at", OLD."ended_at", OLD."end_note") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."goal", NEW."smallest", NEW."holdout_share", NEW."customers", NEW."started_at", NEW."ended_at", NEW."end_note"))', func='INSERT INTO "insights_pilotplan_history" ("customers", "end_note", "ended_at", "goal", "holdout_share", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id", "smallest", "started_at") VALUES (OLD."customers", OLD."end_note", OLD."ended_at", OLD."goal", OLD."holdout_share", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."scenario_id", OLD."smallest", OLD."started_at"); RETURN NULL;', hash='1efa590296f7316d3ae1e2a508f6902737f944b5', operation='UPDATE', pgid='pgtrigger_history_1_before_9e270', table='insights_pilotplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."scenario_id", OLD."goal", OLD."smallest", OLD."holdout_share", OLD."customers", OLD."started_at", OLD."ended_at", OLD."end_note") IS DISTINCT FROM ROW(NEW."scenario_id", NEW."goal", NEW."smallest", NEW."holdout_share", NEW."customers", NEW."started_at", NEW."ended_at", NEW."end_note"))', func='INSERT INTO "insights_pilotplan_history" ("customers", "end_note", "ended_at", "goal", "holdout_share", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id", "smallest", "started_at") VALUES (NEW."customers", NEW."end_note", NEW."ended_at", NEW."goal", NEW."holdout_share", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."scenario_id", NEW."smallest", NEW."started_at"); RETURN NULL;', hash='7dfab1830616326436e30ff96c405e7db348fa71', operation='UPDATE', pgid='pgtrigger_history_2_changed_a9a61', table='insights_pilotplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pilotplan',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_pilotplan_history" ("customers", "end_note", "ended_at", "goal", "holdout_share", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scenario_id", "smallest", "started_at") VALUES (OLD."customers", OLD."end_note", OLD."ended_at", OLD."goal", OLD."holdout_share", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."scenario_id", OLD."smallest", OLD."started_at"); RETURN NULL;', hash='5af749b67f6d49b87ca25758a464a7005ff1d04e', operation='DELETE', pgid='pgtrigger_removed_delete_2edb7', table='insights_pilotplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='improvement',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_improvement_history" ("cause", "change", "comparison_id", "gap", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reason", "state", "title") VALUES (NEW."cause", NEW."change", NEW."comparison_id", NEW."gap", NEW."id", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."plan_id", NEW."reason", NEW."state", NEW."title"); RETURN NULL;', hash='c04c7dbd6583cbc9a68cf70cdb9e074c4657aa62', operation='INSERT', pgid='pgtrigger_added_insert_f22a4', table='insights_improvement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='improvement',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."title", OLD."gap", OLD."cause", OLD."change", OLD."owner_id", OLD."state", OLD."reason", OLD."plan_id", OLD."comparison_id") IS DISTINCT FROM ROW(NEW."title", NEW."gap", NEW."cause", NEW."change", NEW."owner_id", NEW."state", NEW."reason", NEW."plan_id", NEW."comparison_id"))', func='INSERT INTO "insights_improvement_history" ("cause", "change", "comparison_id", "gap", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reason", "state", "title") VALUES (OLD."cause", OLD."change", OLD."comparison_id", OLD."gap", OLD."id", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."plan_id", OLD."reason", OLD."state", OLD."title"); RETURN NULL;', hash='0c13c39d0253d02408b5fb5c9b95be25b06ae793', operation='UPDATE', pgid='pgtrigger_history_1_before_08ea9', table='insights_improvement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='improvement',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."title", OLD."gap", OLD."cause", OLD."change", OLD."owner_id", OLD."state", OLD."reason", OLD."plan_id", OLD."comparison_id") IS DISTINCT FROM ROW(NEW."title", NEW."gap", NEW."cause", NEW."change", NEW."owner_id", NEW."state", NEW."reason", NEW."plan_id", NEW."comparison_id"))', func='INSERT INTO "insights_improvement_history" ("cause", "change", "comparison_id", "gap", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reason", "state", "title") VALUES (NEW."cause", NEW."change", NEW."comparison_id", NEW."gap", NEW."id", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."plan_id", NEW."reason", NEW."state", NEW."title"); RETURN NULL;', hash='ce5f01698da3aced1a5612b80ee8176a097bfbcf', operation='UPDATE', pgid='pgtrigger_history_2_changed_46012', table='insights_improvement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='improvement',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_improvement_history" ("cause", "change", "comparison_id", "gap", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "reason", "state", "title") VALUES (OLD."cause", OLD."change", OLD."comparison_id", OLD."gap", OLD."id", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."plan_id", OLD."reason", OLD."state", OLD."title"); RETURN NULL;', hash='7bcbf9b7262f6a49a4f99f76f0a7ccfecc1b353d', operation='DELETE', pgid='pgtrigger_removed_delete_2829f', table='insights_improvement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportreader',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_reportreader_history" ("id", "member_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."member_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='c815efa0916efd335f99bcee8722ff1dcc59f03e', operation='INSERT', pgid='pgtrigger_added_insert_31b5f', table='insights_reportreader', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportreader',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."member_id") IS DISTINCT FROM ROW(NEW."id", NEW."member_id"))', func='INSERT INTO "insights_reportreader_history" ("id", "member_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."member_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='aeb15f44c603f7bea70b998b65bba39001e9ef76', operation='UPDATE', pgid='pgtrigger_history_1_before_7e270', table='insights_reportreader', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportreader',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."member_id") IS DISTINCT FROM ROW(NEW."id", NEW."member_id"))', func='INSERT INTO "insights_reportreader_history" ("id", "member_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."member_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='229d52635084d18a46d08eda77838bfd31ffe587', operation='UPDATE', pgid='pgtrigger_history_2_changed_adb14', table='insights_reportreader', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportreader',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_reportreader_history" ("id", "member_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."member_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='23bb159cdbdf5079f1280aeeacfa90abdf6a5e15', operation='DELETE', pgid='pgtrigger_removed_delete_07cb3', table='insights_reportreader', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadstep',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_roadstep_history" ("aimed_on", "id", "key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id", "who_id") VALUES (NEW."aimed_on", NEW."id", NEW."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."reviewed_at", NEW."reviewed_by_id", NEW."who_id"); RETURN NULL;', hash='395de4e9603d5b141a04a377310d891b924a7b63', operation='INSERT', pgid='pgtrigger_added_insert_34b12', table='insights_roadstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadstep',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."key", OLD."who_id", OLD."aimed_on", OLD."reviewed_at", OLD."reviewed_by_id") IS DISTINCT FROM ROW(NEW."id", NEW."key", NEW."who_id", NEW."aimed_on", NEW."reviewed_at", NEW."reviewed_by_id"))', func='INSERT INTO "insights_roadstep_history" ("aimed_on", "id", "key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id", "who_id") VALUES (OLD."aimed_on", OLD."id", OLD."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."reviewed_at", OLD."reviewed_by_id", OLD."who_id"); RETURN NULL;', hash='27610545b957d6b5dbea260eee997fd7f3f5da50', operation='UPDATE', pgid='pgtrigger_history_1_before_6c444', table='insights_roadstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadstep',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."key", OLD."who_id", OLD."aimed_on", OLD."reviewed_at", OLD."reviewed_by_id") IS DISTINCT FROM ROW(NEW."id", NEW."key", NEW."who_id", NEW."aimed_on", NEW."reviewed_at", NEW."reviewed_by_id"))', func='INSERT INTO "insights_roadstep_history" ("aimed_on", "id", "key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id", "who_id") VALUES (NEW."aimed_on", NEW."id", NEW."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."reviewed_at", NEW."reviewed_by_id", NEW."who_id"); RETURN NULL;', hash='260dce3526cfe2f5ce2c069ac90acdbaef47097b', operation='UPDATE', pgid='pgtrigger_history_2_changed_88827', table='insights_roadstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roadstep',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_roadstep_history" ("aimed_on", "id", "key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reviewed_at", "reviewed_by_id", "who_id") VALUES (OLD."aimed_on", OLD."id", OLD."key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."reviewed_at", OLD."reviewed_by_id", OLD."who_id"); RETURN NULL;', hash='fc0679f4b33bb956de5fa4d78c1e3989e90ea771', operation='DELETE', pgid='pgtrigger_removed_delete_52a5c', table='insights_roadstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themefigure',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_themefigure_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "theme_id") VALUES (NEW."figure", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."target", NEW."theme_id"); RETURN NULL;', hash='f40ab677327c4d2f38149e0fe7f3286ae4bd5d40', operation='INSERT', pgid='pgtrigger_added_insert_d7ebe', table='insights_themefigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themefigure',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."theme_id", OLD."figure", OLD."target") IS DISTINCT FROM ROW(NEW."id", NEW."theme_id", NEW."figure", NEW."target"))', func='INSERT INTO "insights_themefigure_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "theme_id") VALUES (OLD."figure", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."target", OLD."theme_id"); RETURN NULL;', hash='e81e0a7680fc77ea7292737b4e7a22aa18c7f2ba', operation='UPDATE', pgid='pgtrigger_history_1_before_f4227', table='insights_themefigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themefigure',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."theme_id", OLD."figure", OLD."target") IS DISTINCT FROM ROW(NEW."id", NEW."theme_id", NEW."figure", NEW."target"))', func='INSERT INTO "insights_themefigure_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "theme_id") VALUES (NEW."figure", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."target", NEW."theme_id"); RETURN NULL;', hash='892dd1c28e53479a684294de229ed41fcb3e4a11', operation='UPDATE', pgid='pgtrigger_history_2_changed_ca1ef', table='insights_themefigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='themefigure',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_themefigure_history" ("figure", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "target", "theme_id") VALUES (OLD."figure", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."target", OLD."theme_id"); RETURN NULL;', hash='7b8244fc71e916b5b8c7811a6f601627997e6bf8', operation='DELETE', pgid='pgtrigger_removed_delete_06689', table='insights_themefigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='certificate',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_certificate_history" ("id", "name", "passed_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "staff_id") VALUES (NEW."id", NEW."name", NEW."passed_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."role", NEW."staff_id"); RETURN NULL;', hash='05468285773112a056a922614daefae50ff1dfe4', operation='INSERT', pgid='pgtrigger_added_insert_c27b5', table='insights_certificate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='certificate',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."staff_id", OLD."role", OLD."name", OLD."passed_on") IS DISTINCT FROM ROW(NEW."staff_id", NEW."role", NEW."name", NEW."passed_on"))', func='INSERT INTO "insights_certificate_history" ("id", "name", "passed_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "staff_id") VALUES (OLD."id", OLD."name", OLD."passed_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."role", OLD."staff_id"); RETURN NULL;', hash='6ee9adc454dde6087a32a896825a4924a99711c6', operation='UPDATE', pgid='pgtrigger_history_1_before_915f6', table='insights_certificate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='certificate',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."staff_id", OLD."role", OLD."name", OLD."passed_on") IS DISTINCT FROM ROW(NEW."staff_id", NEW."role", NEW."name", NEW."passed_on"))', func='INSERT INTO "insights_certificate_history" ("id", "name", "passed_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "staff_id") VALUES (NEW."id", NEW."name", NEW."passed_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."role", NEW."staff_id"); RETURN NULL;', hash='f345009f995627275285f9396dac9e5a6f36720b', operation='UPDATE', pgid='pgtrigger_history_2_changed_5dd5c', table='insights_certificate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='certificate',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "insights_certificate_history" ("id", "name", "passed_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "staff_id") VALUES (OLD."id", OLD."name", OLD."passed_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."role", OLD."staff_id"); RETURN NULL;', hash='8b5746e913bdb9dcdce38b53dcbf64be14059990', operation='DELETE', pgid='pgtrigger_removed_delete_91ca2', table='insights_certificate', when='AFTER')),
        ),
    ]
