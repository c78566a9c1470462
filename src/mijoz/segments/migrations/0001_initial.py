import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='refresh_status_is_known')],
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
    ]
