import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='DemoLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sector', models.CharField(choices=[('restaurant', 'Restaurant or café'), ('clinic', 'Clinic'), ('hotel', 'Hotel or tours'), ('repair', 'Repair shop'), ('salon', 'Salon'), ('other', 'Another service')], max_length=20)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('customers', models.PositiveIntegerField()),
                ('months', models.PositiveIntegerField()),
                ('seed', models.BigIntegerField()),
                ('effect', models.FloatField()),
                ('until', models.DateField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('step', models.CharField(choices=[('waiting', 'Waiting for a free worker'), ('people', 'Inventing the business and its customers'), ('log', 'Writing down what happened'), ('profiles', 'Getting to know the customers'), ('segments', 'Sorting them into segments, month by month'), ('scenarios', 'Starting the scenarios'), ('kpis', 'Measuring'), ('done', 'Ready')], default='waiting', max_length=10)),
                ('share_done', models.FloatField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('figures', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_demo'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='demo_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='FirstSteps',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_at', models.DateTimeField()),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_list_of_first_steps')],
            },
        ),
    ]
