import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '__first__'),
        ('events', '0001_initial'),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(
        ),
        migrations.CreateModel(
            name='AuditDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('customers', models.PositiveIntegerField()),
                ('score', models.FloatField()),
                ('found', models.JSONField(default=dict)),
                ('fields', models.JSONField(default=dict)),
                ('sources', models.JSONField(default=list)),
                ('bands', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_name', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='last name')),
                ('first_name', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='first name')),
                ('patronymic', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='patronymic')),
                ('phone', models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], db_default='', default='', max_length=2, verbose_name='language')),
                ('gender', models.CharField(blank=True, choices=[('female', 'Female'), ('male', 'Male')], db_default='', default='', max_length=10, verbose_name='gender')),
                ('birth_on', models.DateField(blank=True, null=True, verbose_name='birth date')),
                ('birthday', models.CharField(blank=True, db_default='', default='', max_length=5, verbose_name='birthday')),
                ('address', models.CharField(blank=True, db_default='', default='', max_length=400, verbose_name='address')),
                ('city', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='city')),
                ('number', models.CharField(blank=True, db_default='', default='', max_length=400, verbose_name='number')),
                ('search_key', models.TextField(db_default='', default='', editable=False)),
                ('sort_name', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Left(django.db.models.functions.text.Lower(django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(django.db.models.functions.text.Trim(django.db.models.functions.text.Concat('last_name', models.Value(' '), 'first_name', models.Value(' '), 'patronymic', output_field=models.TextField())), models.Value('')), 'number', output_field=models.TextField())), 200), output_field=models.TextField())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('restricted_at', models.DateTimeField(editable=False, null=True)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
                ('merged_into', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='customer_absorbed'), django.contrib.postgres.indexes.GinIndex(fields=['search_key'], name='customer_search', opclasses=['gin_trgm_ops']), models.Index(fields=['sort_name', 'id'], include=('merged_into', 'erased_at'), name='customer_by_name'), models.Index(fields=['language', 'id'], include=('phone', 'email', 'merged_into', 'erased_at'), name='customer_by_language')],
                'constraints': [models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='not_merged_into_oneself')],
            },
        ),
        migrations.CreateModel(
            name='ErasedIdentifier',
            fields=[
                ('digest', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('erased_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PrivacySettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('confirmed_purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('keeps_network', models.BooleanField(default=False, verbose_name='keep the beginning of the network address as proof')),
                ('operator', models.CharField(blank=True, default='', max_length=200, verbose_name='legal name of the operator')),
                ('tax_number', models.CharField(blank=True, default='', max_length=20, verbose_name='tax number')),
                ('responsible', models.CharField(blank=True, default='', max_length=200, verbose_name='who is responsible for personal data')),
                ('contact', models.CharField(blank=True, default='', max_length=254, verbose_name='where customers write about their data')),
                ('breach_contact', models.CharField(blank=True, default='', max_length=254, verbose_name='whom staff call when data got out')),
                ('hosting_country', models.CharField(blank=True, default='', max_length=2, verbose_name='country where the data is kept')),
                ('processors', models.TextField(blank=True, default='', verbose_name='who else works with the data for us')),
                ('cross_border', models.TextField(blank=True, default='', verbose_name='what goes to other countries, and on what ground')),
                ('backups_kept_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days for which backups are kept')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_privacy_settings')],
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('step', models.CharField(db_default='', default='', max_length=40)),
                ('share', models.FloatField(db_default=0.0, default=0.0)),
                ('customers', models.PositiveIntegerField(null=True)),
                ('compared', models.BigIntegerField(null=True)),
                ('learned_from', models.PositiveIntegerField(null=True)),
                ('merged', models.PositiveIntegerField(null=True)),
                ('to_review', models.PositiveIntegerField(null=True)),
                ('error', models.TextField(db_default='', default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done', 'failed'])), name='resolution_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('kind', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('months', models.PositiveSmallIntegerField()),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('months__gte', 1)), name='kept_for_a_month_at_least')],
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80)),
                ('ran_at', models.DateTimeField()),
                ('older_than', models.DateTimeField()),
                ('rows', models.PositiveBigIntegerField()),
            ],
            options={
                'ordering': ['-ran_at', 'kind'],
            },
        ),
        migrations.CreateModel(
            name='SubjectRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('customer_number', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('access', 'A copy of everything'), ('erasure', 'Erasure'), ('restriction', 'Restriction'), ('objection', 'Objection')], max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('asked_through', models.CharField(default='', max_length=40)),
                ('done_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True, default='')),
                ('proof', models.JSONField(default=dict)),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='tag')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Trait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('value', models.TextField(db_default='', default='')),
                ('original', models.TextField(db_default='', default='')),
                ('trouble', models.CharField(db_default='', default='', max_length=200)),
                ('told_at', models.DateTimeField()),
                ('told_by', models.CharField(db_default='', default='', max_length=254)),
                ('identity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='traits', to='events.identity')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='events.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('identity', 'source', 'name'), name='trait_told_once')],
            },
        ),
        migrations.CreateModel(
            name='ChecklistAnswer',
            fields=[
                ('duty', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('done', 'Done'), ('open', 'Not done'), ('not_needed', 'Does not concern us')], max_length=12)),
                ('note', models.CharField(blank=True, default='', max_length=400)),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Marketing'), ('profiling', 'Profiling'), ('sharing', 'Sharing with partners')], max_length=20)),
                ('language', models.CharField(choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], max_length=2)),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField(max_length=2000, verbose_name='text')),
                ('since', models.DateTimeField()),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['purpose', 'language', '-version'],
                'constraints': [models.UniqueConstraint(fields=('purpose', 'language', 'version'), name='consent_text_versions_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=255)),
                ('path', models.CharField(max_length=1000)),
                ('holds', models.CharField(choices=[('purchases', 'Purchases'), ('customers', 'Customers')], db_default='purchases', default='purchases', max_length=10)),
                ('mapping', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('undoing', 'Being undone'), ('undone', 'Undone')], default='draft', max_length=20)),
                ('error', models.TextField(blank=True, default='')),
                ('counts', models.JSONField(default=dict)),
                ('trial', models.JSONField(default=dict)),
                ('transactions', models.JSONField(default=list)),
                ('undone', models.JSONField(default=dict)),
                ('lines_expected', models.BigIntegerField(null=True)),
                ('rejects_path', models.CharField(blank=True, default='', max_length=1000)),
                ('consent_proof', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='events.source')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'waiting', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone'])), name='import_status_is_known'), models.CheckConstraint(condition=models.Q(('holds__in', ['purchases', 'customers'])), name='import_holds_is_known')],
            },
        ),
        migrations.CreateModel(
            name='MatchingRules',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('merge_from', models.FloatField(default=90, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99.99)], verbose_name='Merged by Mijoz from')),
                ('review_from', models.FloatField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99.99)], verbose_name='Asked about from')),
                ('is_nightly', models.BooleanField(default=True, verbose_name='Search every night')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_row_of_matching_rules'), models.CheckConstraint(condition=models.Q(('merge_from__lt', 100), ('review_from__gt', 0), ('review_from__lte', models.F('merge_from'))), name='matching_thresholds_in_order')],
            },
        ),
        migrations.CreateModel(
            name='MatchingRulesHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.PositiveSmallIntegerField(default=1, serialize=False)),
                ('merge_from', models.FloatField(default=90, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99.99)], verbose_name='Merged by Mijoz from')),
                ('review_from', models.FloatField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99.99)], verbose_name='Asked about from')),
                ('is_nightly', models.BooleanField(default=True, verbose_name='Search every night')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.matchingrules')),
            ],
            options={
                'db_table': 'customers_matchingrules_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='matchingrules_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('merged_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=400)),
                ('evidence', models.JSONField(default=dict)),
                ('snapshot', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
                ('absorbed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges_away', to='customers.customer')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='customers.customer')),
                ('merged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-merged_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kept', models.F('absorbed')), _negated=True), name='merge_of_two'), models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('absorbed',), name='absorbed_once')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('written_through', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(null=True)),
                ('is_pinned', models.BooleanField(db_default=False, default=False, verbose_name='keep on top')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='customers.customer')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-is_pinned', '-written_at'],
            },
        ),
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('identity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='ownership', serialize=False, to='events.identity')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('is_shared', models.BooleanField(db_default=False, default=False)),
                ('shared_because', models.CharField(db_default='', default='', max_length=200)),
                ('retired_at', models.DateTimeField(null=True)),
                ('proved_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ownerships', to='customers.customer')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='PortalLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('channel', models.CharField(db_default='', default='', max_length=20)),
                ('sent_to', models.CharField(db_default='', default='', max_length=254)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portal_links', to='customers.customer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at'],
            },
        ),
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('spouse', 'Spouse'), ('parent', 'Parent'), ('child', 'Child'), ('sibling', 'Brother or sister'), ('relative', 'Relative'), ('employer', 'Employer'), ('employee', 'Employee'), ('colleague', 'Colleague'), ('friend', 'Friend')], max_length=20, verbose_name='relation')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='customers.customer')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('customer', 'other', 'kind'), name='related_once'), models.CheckConstraint(condition=models.Q(('customer', models.F('other')), _negated=True), name='related_to_somebody_else')],
            },
        ),
        migrations.CreateModel(
            name='Tagging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tagged_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='customers.customer')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='customers.tag')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('customer', 'tag'), name='tagged_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditScore',
            fields=[
                ('customer', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='audit', serialize=False, to='customers.customer')),
                ('score', models.PositiveSmallIntegerField()),
                ('findings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['findings'], name='audited_by_finding'), models.Index(fields=['score', 'customer'], name='audited_by_score')],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__range', (0, 100))), name='audit_score_of_100')],
            },
        ),
        migrations.CreateModel(
            name='MetAgain',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='met_again', serialize=False, to='customers.customer')),
                ('erased_at', models.DateTimeField()),
                ('met_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Preferences',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='customers.customer')),
                ('language', models.CharField(blank=True, choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], default='', max_length=2, verbose_name='language')),
                ('channel', models.CharField(blank=True, default='', max_length=20, verbose_name='preferred channel')),
                ('hours', models.CharField(blank=True, default='', max_length=40, verbose_name='preferred hours')),
                ('messages_a_month', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='messages a month at most')),
                ('chosen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='customers.customer')),
                ('first_seen_at', models.DateTimeField(null=True)),
                ('last_seen_at', models.DateTimeField(null=True)),
                ('first_purchase_at', models.DateTimeField(null=True)),
                ('last_purchase_at', models.DateTimeField(null=True)),
                ('purchases', models.PositiveIntegerField(db_default=0, default=0)),
                ('purchase_lines', models.PositiveIntegerField(db_default=0, default=0)),
                ('revenue', models.DecimalField(db_default=0, decimal_places=4, default=0, max_digits=18)),
                ('average_check', models.GeneratedField(db_persist=True, expression=models.Case(models.When(purchases__gt=0, then=django.db.models.expressions.CombinedExpression(models.F('revenue'), '/', models.F('purchases'))), default=models.Value(None), output_field=models.DecimalField(decimal_places=4, max_digits=18)), output_field=models.DecimalField(decimal_places=4, max_digits=18, null=True))),
                ('refunds', models.PositiveIntegerField(db_default=0, default=0)),
                ('refund_value', models.DecimalField(db_default=0, decimal_places=4, default=0, max_digits=18)),
                ('discount_share', models.FloatField(null=True)),
                ('favourite_services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=400), default=list, size=None)),
                ('acquisition_channel', models.CharField(db_default='', default='', max_length=40)),
                ('complaints', models.PositiveIntegerField(db_default=0, default=0)),
                ('last_complaint_at', models.DateTimeField(null=True)),
                ('last_satisfaction', models.FloatField(null=True)),
                ('refreshed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(models.OrderBy(models.F('last_purchase_at'), descending=True, nulls_last=True), models.F('customer'), include=('purchases', 'revenue'), name='profile_by_last_purchase'), models.Index(models.OrderBy(models.F('revenue'), descending=True), models.F('customer'), include=('last_purchase_at', 'purchases'), name='profile_by_revenue'), models.Index(models.OrderBy(models.F('purchases'), descending=True), models.F('customer'), include=('last_purchase_at', 'revenue'), name='profile_by_purchases')],
            },
        ),
        migrations.CreateModel(
            name='Protocol',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='customers.customer')),
                ('priority', models.SmallIntegerField(default=0, verbose_name='priority')),
                ('script', models.TextField(blank=True, default='', verbose_name='script for staff')),
                ('package', models.CharField(blank=True, default='', max_length=40, verbose_name='package')),
                ('preferred_channel', models.CharField(blank=True, default='', max_length=20, verbose_name='preferred channel')),
                ('preferred_hours', models.CharField(blank=True, default='', max_length=40, verbose_name='preferred hours')),
                ('response_minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='answer within so many minutes')),
                ('lifted_priority', models.SmallIntegerField(blank=True, null=True, verbose_name='priority for a while')),
                ('lifted_until', models.DateTimeField(blank=True, null=True, verbose_name='first in the queue until')),
                ('set_by', models.CharField(blank=True, default='', max_length=120)),
                ('set_at', models.DateTimeField()),
                ('taken_from', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Marketing'), ('profiling', 'Profiling'), ('sharing', 'Sharing with partners')], max_length=20)),
                ('channel', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=254)),
                ('text', models.TextField()),
                ('text_version', models.CharField(db_default='', default='', max_length=60)),
                ('given_through', models.CharField(db_default='', default='', max_length=40)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-asked_at'], name='confirmation_by_customer')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Marketing'), ('profiling', 'Profiling'), ('sharing', 'Sharing with partners')], max_length=20)),
                ('channel', models.CharField(db_default='', default='', max_length=20)),
                ('granted', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('proof', models.TextField(db_default='', default='')),
                ('given_through', models.CharField(db_default='', default='', max_length=40)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.customer')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['purpose', 'granted', 'customer'], name='consent_by_answer')],
                'constraints': [models.UniqueConstraint(fields=('customer', 'purpose', 'channel'), name='one_answer_per_purpose_and_channel'), models.CheckConstraint(condition=models.Q(('purpose__in', ['service', 'marketing', 'profiling', 'sharing'])), name='purpose_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ConsentTextHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Marketing'), ('profiling', 'Profiling'), ('sharing', 'Sharing with partners')], max_length=20)),
                ('language', models.CharField(choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], max_length=2)),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField(max_length=2000, verbose_name='text')),
                ('since', models.DateTimeField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.consenttext')),
                ('written_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'customers_consenttext_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='consenttext_by_change')],
            },
        ),
        migrations.CreateModel(
            name='CustomerHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('last_name', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='last name')),
                ('first_name', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='first name')),
                ('patronymic', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='patronymic')),
                ('phone', models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], db_default='', default='', max_length=2, verbose_name='language')),
                ('gender', models.CharField(blank=True, choices=[('female', 'Female'), ('male', 'Male')], db_default='', default='', max_length=10, verbose_name='gender')),
                ('birth_on', models.DateField(blank=True, null=True, verbose_name='birth date')),
                ('birthday', models.CharField(blank=True, db_default='', default='', max_length=5, verbose_name='birthday')),
                ('address', models.CharField(blank=True, db_default='', default='', max_length=400, verbose_name='address')),
                ('city', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='city')),
                ('number', models.CharField(blank=True, db_default='', default='', max_length=400, verbose_name='number')),
                ('restricted_at', models.DateTimeField(editable=False, null=True)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
                ('merged_into', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.customer')),
            ],
            options={
                'db_table': 'customers_customer_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='customer_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ImportedTrait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('before', models.JSONField(null=True)),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.identity')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='traits', to='customers.importrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'identity', 'name'), name='trait_imported_once')],
            },
        ),
        migrations.CreateModel(
            name='Imported',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('identity', 'Identity'), ('met', 'Met'), ('note', 'Note'), ('tagging', 'Tagging'), ('consent', 'Consent'), ('pair', 'Pair'), ('shared', 'Shared')], max_length=10)),
                ('row', models.BigIntegerField()),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='customers.importrun')),
            ],
            options={
                'indexes': [models.Index(fields=['row', 'what'], name='imported_by_row')],
                'constraints': [models.UniqueConstraint(fields=('run', 'what', 'row'), name='imported_once')],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('what', models.CharField(max_length=40)),
                ('saw_contacts', models.BooleanField(default=False)),
                ('people', models.PositiveIntegerField(db_default=1, default=1)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='customers.customer')),
                ('member', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-at'], name='look_by_customer'), models.Index(fields=['-at'], name='look_by_moment')],
            },
        ),
        migrations.CreateModel(
            name='NoteHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('written_through', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('is_pinned', models.BooleanField(db_default=False, default=False, verbose_name='keep on top')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.note')),
                ('written_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'customers_note_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='note_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('probability', models.FloatField()),
                ('weight', models.FloatField()),
                ('evidence', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('waiting', 'To review'), ('merged', 'Merged'), ('apart', 'Two people')], default='waiting', max_length=10)),
                ('found_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('put_off_at', models.DateTimeField(null=True)),
                ('held_until', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('held_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('left', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('merge', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.merge')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'ordering': ['-probability', 'id'],
                'indexes': [models.Index(models.OrderBy(models.F('put_off_at'), nulls_first=True), models.OrderBy(models.F('probability'), descending=True), models.F('id'), condition=models.Q(('state', 'waiting')), name='pair_to_review')],
                'constraints': [models.UniqueConstraint(fields=('left', 'right'), name='pair_found_once'), models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='pair_in_order'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'merged', 'apart'])), name='pair_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ProtocolHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('priority', models.SmallIntegerField(default=0, verbose_name='priority')),
                ('script', models.TextField(blank=True, default='', verbose_name='script for staff')),
                ('package', models.CharField(blank=True, default='', max_length=40, verbose_name='package')),
                ('preferred_channel', models.CharField(blank=True, default='', max_length=20, verbose_name='preferred channel')),
                ('preferred_hours', models.CharField(blank=True, default='', max_length=40, verbose_name='preferred hours')),
                ('response_minutes', models.PositiveIntegerField(blank=True, null=True, verbose_name='answer within so many minutes')),
                ('lifted_priority', models.SmallIntegerField(blank=True, null=True, verbose_name='priority for a while')),
                ('lifted_until', models.DateTimeField(blank=True, null=True, verbose_name='first in the queue until')),
                ('set_by', models.CharField(blank=True, default='', max_length=120)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='customers.customer')),
                ('taken_from', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.protocol')),
            ],
            options={
                'db_table': 'customers_protocol_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='protocol_by_change')],
            },
        ),
        migrations.CreateModel(
            name='RelationHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('spouse', 'Spouse'), ('parent', 'Parent'), ('child', 'Child'), ('sibling', 'Brother or sister'), ('relative', 'Relative'), ('employer', 'Employer'), ('employee', 'Employee'), ('colleague', 'Colleague'), ('friend', 'Friend')], max_length=20, verbose_name='relation')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('other', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.relation')),
            ],
            options={
                'db_table': 'customers_relation_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='relation_by_change')],
            },
        ),
        migrations.CreateModel(
            name='TaggingHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.tagging')),
                ('tag', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.tag')),
            ],
            options={
                'db_table': 'customers_tagging_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='tagging_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ConsentHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Marketing'), ('profiling', 'Profiling'), ('sharing', 'Sharing with partners')], max_length=20)),
                ('channel', models.CharField(db_default='', default='', max_length=20)),
                ('granted', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('proof', models.TextField(db_default='', default='')),
                ('given_through', models.CharField(db_default='', default='', max_length=40)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='customers.consent')),
                ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'customers_consent_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='consent_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchingrules',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_matchingrules_history" ("id", "is_nightly", "merge_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_from") VALUES (NEW."id", NEW."is_nightly", NEW."merge_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."review_from"); RETURN NULL;', hash='dfd82aa48cca6fa86170b481ed085f3eb2887663', operation='INSERT', pgid='pgtrigger_added_insert_cef50', table='customers_matchingrules', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchingrules',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."merge_from", OLD."review_from", OLD."is_nightly") IS DISTINCT FROM ROW(NEW."id", NEW."merge_from", NEW."review_from", NEW."is_nightly"))', func='INSERT INTO "customers_matchingrules_history" ("id", "is_nightly", "merge_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_from") VALUES (OLD."id", OLD."is_nightly", OLD."merge_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."review_from"); RETURN NULL;', hash='cf31b784ece7dfd554614edbe6615c21f6d2087e', operation='UPDATE', pgid='pgtrigger_history_1_before_4a22b', table='customers_matchingrules', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchingrules',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."merge_from", OLD."review_from", OLD."is_nightly") IS DISTINCT FROM ROW(NEW."id", NEW."merge_from", NEW."review_from", NEW."is_nightly"))', func='INSERT INTO "customers_matchingrules_history" ("id", "is_nightly", "merge_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_from") VALUES (NEW."id", NEW."is_nightly", NEW."merge_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."review_from"); RETURN NULL;', hash='3858c8e967393d957a039164c00d2551caef9545', operation='UPDATE', pgid='pgtrigger_history_2_changed_ee2c8', table='customers_matchingrules', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchingrules',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_matchingrules_history" ("id", "is_nightly", "merge_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_from") VALUES (OLD."id", OLD."is_nightly", OLD."merge_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."review_from"); RETURN NULL;', hash='3c4ac29e0d4aa6e4dbddfa551e362397179faba9', operation='DELETE', pgid='pgtrigger_removed_delete_6335f', table='customers_matchingrules', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_customer_history" ("address", "birth_on", "birthday", "city", "email", "erased_at", "first_name", "gender", "id", "language", "last_name", "merged_into_id", "number", "patronymic", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "restricted_at") VALUES (NEW."address", NEW."birth_on", NEW."birthday", NEW."city", NEW."email", NEW."erased_at", NEW."first_name", NEW."gender", NEW."id", NEW."language", NEW."last_name", NEW."merged_into_id", NEW."number", NEW."patronymic", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."phone", NEW."restricted_at"); RETURN NULL;', hash='cfcca56bc34b2e7405e0145828e771f31207d2c1', operation='INSERT', pgid='pgtrigger_added_insert_eba57', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."last_name", OLD."first_name", OLD."patronymic", OLD."phone", OLD."email", OLD."language", OLD."gender", OLD."birth_on", OLD."birthday", OLD."address", OLD."city", OLD."number", OLD."merged_into_id", OLD."restricted_at", OLD."erased_at") IS DISTINCT FROM ROW(NEW."last_name", NEW."first_name", NEW."patronymic", NEW."phone", NEW."email", NEW."language", NEW."gender", NEW."birth_on", NEW."birthday", NEW."address", NEW."city", NEW."number", NEW."merged_into_id", NEW."restricted_at", NEW."erased_at"))', func='INSERT INTO "customers_customer_history" ("address", "birth_on", "birthday", "city", "email", "erased_at", "first_name", "gender", "id", "language", "last_name", "merged_into_id", "number", "patronymic", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "restricted_at") VALUES (OLD."address", OLD."birth_on", OLD."birthday", OLD."city", OLD."email", OLD."erased_at", OLD."first_name", OLD."gender", OLD."id", OLD."language", OLD."last_name", OLD."merged_into_id", OLD."number", OLD."patronymic", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."phone", OLD."restricted_at"); RETURN NULL;', hash='f13788e22b3b2ad483ab40ac0409c490291a64b6', operation='UPDATE', pgid='pgtrigger_history_1_before_c9d1e', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."last_name", OLD."first_name", OLD."patronymic", OLD."phone", OLD."email", OLD."language", OLD."gender", OLD."birth_on", OLD."birthday", OLD."address", OLD."city", OLD."number", OLD."merged_into_id", OLD."restricted_at", OLD."erased_at") IS DISTINCT FROM ROW(NEW."last_name", NEW."first_name", NEW."patronymic", NEW."phone", NEW."email", NEW."language", NEW."gender", NEW."birth_on", NEW."birthday", NEW."address", NEW."city", NEW."number", NEW."merged_into_id", NEW."restricted_at", NEW."erased_at"))', func='INSERT INTO "customers_customer_history" ("address", "birth_on", "birthday", "city", "email", "erased_at", "first_name", "gender", "id", "language", "last_name", "merged_into_id", "number", "patronymic", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "restricted_at") VALUES (NEW."address", NEW."birth_on", NEW."birthday", NEW."city", NEW."email", NEW."erased_at", NEW."first_name", NEW."gender", NEW."id", NEW."language", NEW."last_name", NEW."merged_into_id", NEW."number", NEW."patronymic", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."phone", NEW."restricted_at"); RETURN NULL;', hash='1a520f8ace59a5befddf59e6b4848c0aada38758', operation='UPDATE', pgid='pgtrigger_history_2_changed_5a5f7', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_customer_history" ("address", "birth_on", "birthday", "city", "email", "erased_at", "first_name", "gender", "id", "language", "last_name", "merged_into_id", "number", "patronymic", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "restricted_at") VALUES (OLD."address", OLD."birth_on", OLD."birthday", OLD."city", OLD."email", OLD."erased_at", OLD."first_name", OLD."gender", OLD."id", OLD."language", OLD."last_name", OLD."merged_into_id", OLD."number", OLD."patronymic", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."phone", OLD."restricted_at"); RETURN NULL;', hash='0bcd360f5a78e9c770748b5fc3d83ae41bda9503', operation='DELETE', pgid='pgtrigger_removed_delete_de095', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_consent_history" ("answered_at", "channel", "customer_id", "given_through", "granted", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "purpose", "recorded_by_id") VALUES (NEW."answered_at", NEW."channel", NEW."customer_id", NEW."given_through", NEW."granted", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."proof", NEW."purpose", NEW."recorded_by_id"); RETURN NULL;', hash='e745d52754f6b1b80129c058a3396a3f63340032', operation='INSERT', pgid='pgtrigger_added_insert_b334a', table='customers_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."purpose", OLD."channel", OLD."granted", OLD."answered_at", OLD."proof", OLD."given_through", OLD."recorded_by_id") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."purpose", NEW."channel", NEW."granted", NEW."answered_at", NEW."proof", NEW."given_through", NEW."recorded_by_id"))', func='INSERT INTO "customers_consent_history" ("answered_at", "channel", "customer_id", "given_through", "granted", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "purpose", "recorded_by_id") VALUES (OLD."answered_at", OLD."channel", OLD."customer_id", OLD."given_through", OLD."granted", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."proof", OLD."purpose", OLD."recorded_by_id"); RETURN NULL;', hash='1bd7a82326300ee866b017dabc474742af86df3c', operation='UPDATE', pgid='pgtrigger_history_1_before_cc38a', table='customers_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."purpose", OLD."channel", OLD."granted", OLD."answered_at", OLD."proof", OLD."given_through", OLD."recorded_by_id") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."purpose", NEW."channel", NEW."granted", NEW."answered_at", NEW."proof", NEW."given_through", NEW."recorded_by_id"))', func='INSERT INTO "customers_consent_history" ("answered_at", "channel", "customer_id", "given_through", "granted", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "purpose", "recorded_by_id") VALUES (NEW."answered_at", NEW."channel", NEW."customer_id", NEW."given_through", NEW."granted", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."proof", NEW."purpose", NEW."recorded_by_id"); RETURN NULL;', hash='bab659fba41845c94386e944747730a7b89cfec3', operation='UPDATE', pgid='pgtrigger_history_2_changed_b6b2f', table='customers_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_consent_history" ("answered_at", "channel", "customer_id", "given_through", "granted", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof", "purpose", "recorded_by_id") VALUES (OLD."answered_at", OLD."channel", OLD."customer_id", OLD."given_through", OLD."granted", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."proof", OLD."purpose", OLD."recorded_by_id"); RETURN NULL;', hash='0c92008db7a2f57ecfde7a0c470676223c0aaddf', operation='DELETE', pgid='pgtrigger_removed_delete_56541', table='customers_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='texts_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3300e5b292a3cfb16d4fdf28601872f2960204c8', operation='UPDATE', pgid='pgtrigger_texts_never_change_016cd', table='customers_consenttext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_consenttext_history" ("id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "since", "text", "version", "written_by_id") VALUES (NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."purpose", NEW."since", NEW."text", NEW."version", NEW."written_by_id"); RETURN NULL;', hash='123d4953ae50e94c5bb59ee813a83230c311c707', operation='INSERT', pgid='pgtrigger_added_insert_b2e26', table='customers_consenttext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."purpose", OLD."language", OLD."version", OLD."text", OLD."since", OLD."written_by_id") IS DISTINCT FROM ROW(NEW."id", NEW."purpose", NEW."language", NEW."version", NEW."text", NEW."since", NEW."written_by_id"))', func='INSERT INTO "customers_consenttext_history" ("id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "since", "text", "version", "written_by_id") VALUES (OLD."id", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."purpose", OLD."since", OLD."text", OLD."version", OLD."written_by_id"); RETURN NULL;', hash='9066b304a890cfe4049e4bb24e1d9a68197ebb7d', operation='UPDATE', pgid='pgtrigger_history_1_before_8a287', table='customers_consenttext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."purpose", OLD."language", OLD."version", OLD."text", OLD."since", OLD."written_by_id") IS DISTINCT FROM ROW(NEW."id", NEW."purpose", NEW."language", NEW."version", NEW."text", NEW."since", NEW."written_by_id"))', func='INSERT INTO "customers_consenttext_history" ("id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "since", "text", "version", "written_by_id") VALUES (NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."purpose", NEW."since", NEW."text", NEW."version", NEW."written_by_id"); RETURN NULL;', hash='63782bb8dc04e077d1b479b752641ae41f225841', operation='UPDATE', pgid='pgtrigger_history_2_changed_2e83a', table='customers_consenttext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consenttext',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_consenttext_history" ("id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "since", "text", "version", "written_by_id") VALUES (OLD."id", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."purpose", OLD."since", OLD."text", OLD."version", OLD."written_by_id"); RETURN NULL;', hash='d1bc22b149d92ca2a1681af152893440c573370a', operation='DELETE', pgid='pgtrigger_removed_delete_03c80', table='customers_consenttext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_note_history" ("customer_id", "id", "is_pinned", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_by_id", "written_through") VALUES (NEW."customer_id", NEW."id", NEW."is_pinned", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."text", NEW."written_by_id", NEW."written_through"); RETURN NULL;', hash='9a58ad9cd2b2419b018357f21fccf95f70f45df4', operation='INSERT', pgid='pgtrigger_added_insert_f25ea', table='customers_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."text", OLD."written_by_id", OLD."written_through", OLD."is_pinned") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."text", NEW."written_by_id", NEW."written_through", NEW."is_pinned"))', func='INSERT INTO "customers_note_history" ("customer_id", "id", "is_pinned", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_by_id", "written_through") VALUES (OLD."customer_id", OLD."id", OLD."is_pinned", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."text", OLD."written_by_id", OLD."written_through"); RETURN NULL;', hash='e9853a0842af4e0345fdd4ece1a365999d1b1930', operation='UPDATE', pgid='pgtrigger_history_1_before_288d0', table='customers_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."text", OLD."written_by_id", OLD."written_through", OLD."is_pinned") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."text", NEW."written_by_id", NEW."written_through", NEW."is_pinned"))', func='INSERT INTO "customers_note_history" ("customer_id", "id", "is_pinned", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_by_id", "written_through") VALUES (NEW."customer_id", NEW."id", NEW."is_pinned", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."text", NEW."written_by_id", NEW."written_through"); RETURN NULL;', hash='223d513c9e1d971e15423c987cd6ebef76d5b2a1', operation='UPDATE', pgid='pgtrigger_history_2_changed_1a3e2', table='customers_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_note_history" ("customer_id", "id", "is_pinned", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_by_id", "written_through") VALUES (OLD."customer_id", OLD."id", OLD."is_pinned", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."text", OLD."written_by_id", OLD."written_through"); RETURN NULL;', hash='7dd7b5eb8d301044eb559d9437712fa012b3442a', operation='DELETE', pgid='pgtrigger_removed_delete_27426', table='customers_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='relation',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_relation_history" ("customer_id", "id", "kind", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."customer_id", NEW."id", NEW."kind", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='bf60cb73d77c3c8b2b235a974a2aa588fe4301e2', operation='INSERT', pgid='pgtrigger_added_insert_46a43', table='customers_relation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='relation',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."other_id", OLD."kind") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."other_id", NEW."kind"))', func='INSERT INTO "customers_relation_history" ("customer_id", "id", "kind", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."customer_id", OLD."id", OLD."kind", OLD."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='cc864ec41272556bfdc4c608158920fa897fe383', operation='UPDATE', pgid='pgtrigger_history_1_before_ad77d', table='customers_relation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='relation',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."other_id", OLD."kind") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."other_id", NEW."kind"))', func='INSERT INTO "customers_relation_history" ("customer_id", "id", "kind", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."customer_id", NEW."id", NEW."kind", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='e0122edea6f74028b69d333b7fae65a8d3105ab0', operation='UPDATE', pgid='pgtrigger_history_2_changed_616d0', table='customers_relation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='relation',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_relation_history" ("customer_id", "id", "kind", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."customer_id", OLD."id", OLD."kind", OLD."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='19227e989988c46920aa24c64c4368d8e272f387', operation='DELETE', pgid='pgtrigger_removed_delete_27f06', table='customers_relation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_tagging_history" ("customer_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tag_id") VALUES (NEW."customer_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."tag_id"); RETURN NULL;', hash='b15256f971caa1fb93893f800897902f70044cd1', operation='INSERT', pgid='pgtrigger_added_insert_bdadd', table='customers_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."tag_id") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."tag_id"))', func='INSERT INTO "customers_tagging_history" ("customer_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tag_id") VALUES (OLD."customer_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."tag_id"); RETURN NULL;', hash='d7f8b1e44dbfefa7ee66beb220458cdf0ad0efcf', operation='UPDATE', pgid='pgtrigger_history_1_before_0d0ef', table='customers_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."id", OLD."customer_id", OLD."tag_id") IS DISTINCT FROM ROW(NEW."id", NEW."customer_id", NEW."tag_id"))', func='INSERT INTO "customers_tagging_history" ("customer_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tag_id") VALUES (NEW."customer_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."tag_id"); RETURN NULL;', hash='496b8e4ba17b5ec79d98ab1d9e561ef800bdcc18', operation='UPDATE', pgid='pgtrigger_history_2_changed_bf5ad', table='customers_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_tagging_history" ("customer_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tag_id") VALUES (OLD."customer_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."tag_id"); RETURN NULL;', hash='deaafa04f607f17cd678f831e8a554afe5ce4ecf', operation='DELETE', pgid='pgtrigger_removed_delete_26b1f', table='customers_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protocol',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_protocol_history" ("customer_id", "lifted_priority", "lifted_until", "package", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_channel", "preferred_hours", "priority", "response_minutes", "script", "set_by", "taken_from_id") VALUES (NEW."customer_id", NEW."lifted_priority", NEW."lifted_until", NEW."package", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."customer_id", NEW."preferred_channel", NEW."preferred_hours", NEW."priority", NEW."response_minutes", NEW."script", NEW."set_by", NEW."taken_from_id"); RETURN NULL;', hash='9d82f983b31cecb7cd4e7a56f2bea641430599e7', operation='INSERT', pgid='pgtrigger_added_insert_b69ab', table='customers_protocol', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protocol',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."customer_id", OLD."priority", OLD."script", OLD."package", OLD."preferred_channel", OLD."preferred_hours", OLD."response_minutes", OLD."lifted_priority", OLD."lifted_until", OLD."set_by", OLD."taken_from_id") IS DISTINCT FROM ROW(NEW."customer_id", NEW."priority", NEW."script", NEW."package", NEW."preferred_channel", NEW."preferred_hours", NEW."response_minutes", NEW."lifted_priority", NEW."lifted_until", NEW."set_by", NEW."taken_from_id"))', func='INSERT INTO "customers_protocol_history" ("customer_id", "lifted_priority", "lifted_until", "package", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_channel", "preferred_hours", "priority", "response_minutes", "script", "set_by", "taken_from_id") VALUES (OLD."customer_id", OLD."lifted_priority", OLD."lifted_until", OLD."package", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."customer_id", OLD."preferred_channel", OLD."preferred_hours", OLD."priority", OLD."response_minutes", OLD."script", OLD."set_by", OLD."taken_from_id"); RETURN NULL;', hash='78ef40e34e1aea084033079961bb9a4b858d2720', operation='UPDATE', pgid='pgtrigger_history_1_before_e704a', table='customers_protocol', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protocol',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."customer_id", OLD."priority", OLD."script", OLD."package", OLD."preferred_channel", OLD."preferred_hours", OLD."response_minutes", OLD."lifted_priority", OLD."lifted_until", OLD."set_by", OLD."taken_from_id") IS DISTINCT FROM ROW(NEW."customer_id", NEW."priority", NEW."script", NEW."package", NEW."preferred_channel", NEW."preferred_hours", NEW."response_minutes", NEW."lifted_priority", NEW."lifted_until", NEW."set_by", NEW."taken_from_id"))', func='INSERT INTO "customers_protocol_history" ("customer_id", "lifted_priority", "lifted_until", "package", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_channel", "preferred_hours", "priority", "response_minutes", "script", "set_by", "taken_from_id") VALUES (NEW."customer_id", NEW."lifted_priority", NEW."lifted_until", NEW."package", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."customer_id", NEW."preferred_channel", NEW."preferred_hours", NEW."priority", NEW."response_minutes", NEW."script", NEW."set_by", NEW."taken_from_id"); RETURN NULL;', hash='b5a716af92de1051a4225cf7e18c30778e884065', operation='UPDATE', pgid='pgtrigger_history_2_changed_193ee', table='customers_protocol', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='protocol',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "customers_protocol_history" ("customer_id", "lifted_priority", "lifted_until", "package", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_channel", "preferred_hours", "priority", "response_minutes", "script", "set_by", "taken_from_id") VALUES (OLD."customer_id", OLD."lifted_priority", OLD."lifted_until", OLD."package", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."customer_id", OLD."preferred_channel", OLD."preferred_hours", OLD."priority", OLD."response_minutes", OLD."script", OLD."set_by", OLD."taken_from_id"); RETURN NULL;', hash='61bdb2e5d8fe9977c3c63d6245e5f9dc430b3edf', operation='DELETE', pgid='pgtrigger_removed_delete_7597a', table='customers_protocol', when='AFTER')),
        ),
    ]
