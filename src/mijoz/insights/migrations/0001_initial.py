import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KpiValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('name', models.CharField(max_length=60)),
                ('group', models.CharField(max_length=20)),
                ('unit', models.CharField(max_length=10)),
                ('segment', models.CharField(blank=True, default='', max_length=60)),
                ('month', models.CharField(blank=True, default='', max_length=7)),
                ('scenario', models.CharField(blank=True, default='', max_length=60)),
                ('value', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('count', models.BigIntegerField(null=True)),
                ('detail', models.JSONField(null=True)),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('as_of', 'name', 'segment', 'month', 'scenario'), name='one_value_of_a_kpi_a_day')],
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
    ]
