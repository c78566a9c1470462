import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('business', '0001_initial'),
        ('business', '__first__'),
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('descriptions', models.JSONField(default=dict)),
                ('words', models.JSONField(default=dict)),
                ('order', models.PositiveSmallIntegerField(default=100)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['order', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('customer', 'Customer'), ('staff', 'Member of staff')], max_length=10)),
                ('who', models.CharField(blank=True, default='', max_length=100)),
                ('guide', models.TextField(blank=True, default='')),
                ('consent', models.CharField(choices=[('named', 'Yes, with their name'), ('unnamed', 'Yes, but without their name')], max_length=10)),
                ('language', models.CharField(choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], max_length=2)),
                ('asked_on', models.DateField()),
                ('kept_at', models.DateTimeField()),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='interviews', to='customers.customer')),
                ('interviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_on', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('consent', 'named'), models.Q(('consent', 'unnamed'), ('customer', None)), _connector='OR'), name='who_stays_unnamed_is_not_linked'), models.CheckConstraint(condition=models.Q(('side', 'customer'), models.Q(('customer', None), ('side', 'staff')), _connector='OR'), name='staff_interviews_have_no_customer')],
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('kind', models.CharField(choices=[('servperf', 'Service quality, perceptions only (SERVPERF)'), ('servqual', 'Service quality, expected and perceived (SERVQUAL)'), ('nps', 'Would you recommend us (NPS)'), ('csat', 'How satisfied are you (CSAT)'), ('ces', 'How easy was it (CES)'), ('indicators', 'How personal was the service'), ('free', 'Questions of your own')], max_length=20)),
                ('names', models.JSONField()),
                ('is_anonymous', models.BooleanField(default=False)),
                ('touchpoint', models.CharField(choices=[('consultation', 'Consultation'), ('order', 'Order'), ('queue', 'Queue'), ('performance', 'The service being done'), ('warranty', 'Warranty'), ('complaint', 'Complaint'), ('follow_up', 'Follow-up')], default='follow_up', max_length=20)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('pilot', 'Pilot'), ('open', 'Open'), ('closed', 'Closed')], db_default='draft', default='draft', max_length=10)),
                ('rest_days', models.PositiveSmallIntegerField(default=30)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('opened_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-created_at', 'key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'pilot', 'open', 'closed'])), name='survey_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='SurveyHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('pilot', 'Pilot'), ('open', 'Open'), ('closed', 'Closed')], db_default='draft', default='draft', max_length=10)),
                ('touchpoint', models.CharField(choices=[('consultation', 'Consultation'), ('order', 'Order'), ('queue', 'Queue'), ('performance', 'The service being done'), ('warranty', 'Warranty'), ('complaint', 'Complaint'), ('follow_up', 'Follow-up')], default='follow_up', max_length=20)),
                ('rest_days', models.PositiveSmallIntegerField(default=30)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.survey')),
            ],
            options={
                'db_table': 'surveys_survey_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='survey_by_change')],
            },
        ),
        migrations.CreateModel(
            name='SurveyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='surveys.survey')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['survey', '-number'],
                'constraints': [models.UniqueConstraint(fields=('survey', 'number'), name='versions_of_a_survey_are_numbered'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='survey_versions_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='ThemeHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('descriptions', models.JSONField(default=dict)),
                ('words', models.JSONField(default=dict)),
                ('is_active', models.BooleanField(default=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.theme')),
            ],
            options={
                'db_table': 'surveys_theme_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='theme_by_change')],
            },
        ),
        migrations.CreateModel(
            name='InterviewHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('side', models.CharField(choices=[('customer', 'Customer'), ('staff', 'Member of staff')], max_length=10)),
                ('consent', models.CharField(choices=[('named', 'Yes, with their name'), ('unnamed', 'Yes, but without their name')], max_length=10)),
                ('asked_on', models.DateField()),
                ('language', models.CharField(choices=[('uz', 'Oʻzbekcha'), ('ru', 'Русский'), ('en', 'English')], max_length=2)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.interview')),
            ],
            options={
                'db_table': 'surveys_interview_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='interview_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('qr', 'QR code'), ('kiosk', 'Tablet')], max_length=10)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('is_open', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('branch', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='business.branch')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='surveys.survey')),
            ],
            options={
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SurveyVersionHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField()),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.surveyversion')),
                ('survey', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.survey')),
            ],
            options={
                'db_table': 'surveys_surveyversion_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='surveyversion_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('episode', models.CharField(max_length=100)),
                ('channel', models.CharField(max_length=20)),
                ('segment', models.CharField(blank=True, default='', max_length=40)),
                ('scenario', models.CharField(blank=True, default='', max_length=60)),
                ('enrolment', models.BigIntegerField(null=True)),
                ('step', models.CharField(blank=True, default='', max_length=20)),
                ('is_test', models.BooleanField(db_default=False, default=False)),
                ('is_settled', models.BooleanField(db_default=False, default=False)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('branch', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='business.branch')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='survey_invitations', to='customers.customer')),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.survey')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.surveyversion')),
            ],
            options={
                'indexes': [models.Index(fields=['survey', '-invited_at'], name='invitation_by_survey'), models.Index(fields=['customer', '-invited_at'], name='invitation_by_customer'), models.Index(condition=models.Q(('enrolment__isnull', False), ('is_settled', False)), fields=['expires_at'], name='invitation_to_settle')],
                'constraints': [models.UniqueConstraint(fields=('survey', 'customer', 'episode'), name='asked_once_about_an_episode'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('invited_at'))), name='an_invitation_has_a_length')],
            },
        ),
        migrations.CreateModel(
            name='PlaceHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('kind', models.CharField(choices=[('qr', 'QR code'), ('kiosk', 'Tablet')], max_length=10)),
                ('is_open', models.BooleanField(default=True)),
                ('branch', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='business.branch')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.place')),
                ('survey', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.survey')),
            ],
            options={
                'db_table': 'surveys_place_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='place_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('is_anonymous', models.BooleanField()),
                ('segment', models.CharField(blank=True, default='', max_length=40)),
                ('channel', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=2)),
                ('is_pilot', models.BooleanField(default=False)),
                ('answered_on', models.DateField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('seconds', models.PositiveIntegerField(null=True)),
                ('is_straight', models.BooleanField(default=False)),
                ('answers', models.JSONField()),
                ('branch', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='business.branch')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='survey_responses', to='customers.customer')),
                ('invitation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='response', to='surveys.invitation')),
                ('place', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='surveys.place')),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.survey')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.surveyversion')),
            ],
            options={
                'indexes': [models.Index(fields=['survey', '-answered_on'], name='response_by_survey')],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_anonymous', False), models.Q(('answered_at', None), ('customer', None), ('invitation', None), ('seconds', None), ('segment', '')), _connector='OR'), name='anonymous_answers_lead_to_nobody'), models.CheckConstraint(condition=models.Q(('is_anonymous', True), ('answered_at__isnull', False), _connector='OR'), name='other_answers_have_a_moment')],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('open', 'To do'), ('closed', 'Done')], db_default='open', default='open', max_length=10)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('put_right', 'Put right'), ('explained', 'Explained'), ('not_reached', 'Could not be reached'), ('no_fault', 'Nothing was wrong')], default='', max_length=20)),
                ('note', models.TextField(blank=True, default='')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='customers.customer')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('response', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='follow_up', to='surveys.response')),
            ],
            options={
                'ordering': ['due_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['due_at', 'id'], name='follow_up_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed'), models.Q(('outcome', ''), _negated=True)), models.Q(('closed_at', None), ('outcome', ''), ('state', 'open')), _connector='OR'), name='closed_follow_ups_say_what_came_of_them')],
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField(default=0)),
                ('text', models.TextField(blank=True, default='')),
                ('question', models.CharField(blank=True, default='', max_length=40)),
                ('interview', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='surveys.interview')),
                ('response', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='surveys.response')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('interview__isnull', False), ('question', ''), ('response', None), models.Q(('text', ''), _negated=True)), models.Q(('interview', None), ('response__isnull', False), ('text', ''), models.Q(('question', ''), _negated=True)), _connector='OR'), name='a_passage_is_of_one_interview_or_one_answer'), models.UniqueConstraint(fields=('interview', 'position'), name='passages_of_an_interview_are_in_order'), models.UniqueConstraint(fields=('response', 'question'), name='an_answer_is_one_passage')],
            },
        ),
        migrations.CreateModel(
            name='FollowUpHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('open', 'To do'), ('closed', 'Done')], db_default='open', default='open', max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('put_right', 'Put right'), ('explained', 'Explained'), ('not_reached', 'Could not be reached'), ('no_fault', 'Nothing was wrong')], default='', max_length=20)),
                ('note', models.TextField(blank=True, default='')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.followup')),
            ],
            options={
                'db_table': 'surveys_followup_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='followup_by_change')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_blind', models.BooleanField(default=False)),
                ('read_at', models.DateTimeField()),
                ('coder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('passage', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='surveys.passage')),
            ],
            options={
                'ordering': ['read_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('passage', 'coder'), name='a_coder_reads_a_passage_once')],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tone', models.CharField(blank=True, choices=[('good', 'Good'), ('bad', 'Bad'), ('mixed', 'Mixed')], default='', max_length=10)),
                ('settled_at', models.DateTimeField()),
                ('passage', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='settlements', to='surveys.passage')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.theme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('passage', 'theme'), name='a_difference_is_settled_once')],
            },
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tone', models.CharField(choices=[('good', 'Good'), ('bad', 'Bad'), ('mixed', 'Mixed')], max_length=10)),
                ('reading', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='surveys.reading')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='surveys.theme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reading', 'theme'), name='a_theme_is_coded_once_in_a_reading')],
            },
        ),
        migrations.CreateModel(
            name='ReadingHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('is_blind', models.BooleanField(default=False)),
                ('coder', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('passage', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.passage')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.reading')),
            ],
            options={
                'db_table': 'surveys_reading_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='reading_by_change')],
            },
        ),
        migrations.CreateModel(
            name='SettlementHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('tone', models.CharField(blank=True, choices=[('good', 'Good'), ('bad', 'Bad'), ('mixed', 'Mixed')], default='', max_length=10)),
                ('passage', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.passage')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='surveys.settlement')),
                ('settled_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('theme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.theme')),
            ],
            options={
                'db_table': 'surveys_settlement_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='settlement_by_change')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_survey_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_days", "state", "touchpoint") VALUES (NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."rest_days", NEW."state", NEW."touchpoint"); RETURN NULL;', hash='7f007c870af8812c2b3028879f2ba03eed665be8', operation='INSERT', pgid='pgtrigger_added_insert_a1be1', table='surveys_survey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."state", OLD."touchpoint", OLD."rest_days") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."state", NEW."touchpoint", NEW."rest_days"))', func='INSERT INTO "surveys_survey_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_days", "state", "touchpoint") VALUES (OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."rest_days", OLD."state", OLD."touchpoint"); RETURN NULL;', hash='a229197bfb71c38e4168c58a792e2734668d17fb', operation='UPDATE', pgid='pgtrigger_history_1_before_12ca1', table='surveys_survey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."state", OLD."touchpoint", OLD."rest_days") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."state", NEW."touchpoint", NEW."rest_days"))', func='INSERT INTO "surveys_survey_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_days", "state", "touchpoint") VALUES (NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."rest_days", NEW."state", NEW."touchpoint"); RETURN NULL;', hash='e2a0923e9b260295610ae9b3dec8654be758df30', operation='UPDATE', pgid='pgtrigger_history_2_changed_5128f', table='surveys_survey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_survey_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rest_days", "state", "touchpoint") VALUES (OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."rest_days", OLD."state", OLD."touchpoint"); RETURN NULL;', hash='fb74c40ac088c56c0706e57f8771d15e5a5eb90d', operation='DELETE', pgid='pgtrigger_removed_delete_c7ccc', table='surveys_survey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='theme',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_theme_history" ("descriptions", "id", "is_active", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (NEW."descriptions", NEW."id", NEW."is_active", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."words"); RETURN NULL;', hash='8ebbe6b16541bad5e0197c72b1e20bb982936970', operation='INSERT', pgid='pgtrigger_added_insert_7a860', table='surveys_theme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='theme',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."words", OLD."is_active") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."words", NEW."is_active"))', func='INSERT INTO "surveys_theme_history" ("descriptions", "id", "is_active", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (OLD."descriptions", OLD."id", OLD."is_active", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."words"); RETURN NULL;', hash='b6a9332cdfc35dcda16575c1255741b51dad29e9', operation='UPDATE', pgid='pgtrigger_history_1_before_dc7f4', table='surveys_theme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='theme',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."descriptions", OLD."words", OLD."is_active") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."descriptions", NEW."words", NEW."is_active"))', func='INSERT INTO "surveys_theme_history" ("descriptions", "id", "is_active", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (NEW."descriptions", NEW."id", NEW."is_active", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."words"); RETURN NULL;', hash='c0f6b6527ca1bb1c2436a6ccf90ed808f62c3447', operation='UPDATE', pgid='pgtrigger_history_2_changed_8ecc7', table='surveys_theme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='theme',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_theme_history" ("descriptions", "id", "is_active", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "words") VALUES (OLD."descriptions", OLD."id", OLD."is_active", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."words"); RETURN NULL;', hash='e5c6a8745cbb3b6c230736a9e29e8f1477b80852', operation='DELETE', pgid='pgtrigger_removed_delete_6583d', table='surveys_theme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interview',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_interview_history" ("asked_on", "consent", "customer_id", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (NEW."asked_on", NEW."consent", NEW."customer_id", NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."side"); RETURN NULL;', hash='6f29ebe94267e77a29f2c0d21c3f34a99ea42c24', operation='INSERT', pgid='pgtrigger_added_insert_849ee', table='surveys_interview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interview',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."side", OLD."customer_id", OLD."consent", OLD."asked_on", OLD."language") IS DISTINCT FROM ROW(NEW."side", NEW."customer_id", NEW."consent", NEW."asked_on", NEW."language"))', func='INSERT INTO "surveys_interview_history" ("asked_on", "consent", "customer_id", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (OLD."asked_on", OLD."consent", OLD."customer_id", OLD."id", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."side"); RETURN NULL;', hash='d09d57885703e5e234022833275ac7e36026602b', operation='UPDATE', pgid='pgtrigger_history_1_before_b03b6', table='surveys_interview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interview',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."side", OLD."customer_id", OLD."consent", OLD."asked_on", OLD."language") IS DISTINCT FROM ROW(NEW."side", NEW."customer_id", NEW."consent", NEW."asked_on", NEW."language"))', func='INSERT INTO "surveys_interview_history" ("asked_on", "consent", "customer_id", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (NEW."asked_on", NEW."consent", NEW."customer_id", NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."side"); RETURN NULL;', hash='49b9969b5528342bd64d708780b2ee1ca9e7d80b', operation='UPDATE', pgid='pgtrigger_history_2_changed_b83e6', table='surveys_interview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interview',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_interview_history" ("asked_on", "consent", "customer_id", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side") VALUES (OLD."asked_on", OLD."consent", OLD."customer_id", OLD."id", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."side"); RETURN NULL;', hash='46b46752a497312d103db63ed8fc5b470d0dbbbf', operation='DELETE', pgid='pgtrigger_removed_delete_f4ca4', table='surveys_interview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_reading_history" ("coder_id", "id", "is_blind", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."coder_id", NEW."id", NEW."is_blind", NEW."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id"); RETURN NULL;', hash='9a3fe0fa00392bb08767e29698e507c03626acc6', operation='INSERT', pgid='pgtrigger_added_insert_d9814', table='surveys_reading', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."passage_id", OLD."coder_id", OLD."is_blind") IS DISTINCT FROM ROW(NEW."passage_id", NEW."coder_id", NEW."is_blind"))', func='INSERT INTO "surveys_reading_history" ("coder_id", "id", "is_blind", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."coder_id", OLD."id", OLD."is_blind", OLD."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id"); RETURN NULL;', hash='7e680031789af153587ac375e194de4cf04c005a', operation='UPDATE', pgid='pgtrigger_history_1_before_658b9', table='surveys_reading', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."passage_id", OLD."coder_id", OLD."is_blind") IS DISTINCT FROM ROW(NEW."passage_id", NEW."coder_id", NEW."is_blind"))', func='INSERT INTO "surveys_reading_history" ("coder_id", "id", "is_blind", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."coder_id", NEW."id", NEW."is_blind", NEW."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id"); RETURN NULL;', hash='e0cd0810129dfec47462cb5e798d777b7dde3b51', operation='UPDATE', pgid='pgtrigger_history_2_changed_562d1', table='surveys_reading', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reading',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_reading_history" ("coder_id", "id", "is_blind", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."coder_id", OLD."id", OLD."is_blind", OLD."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='0530409a6d0a6a9bf3f07d2440bb8e5bc3bfea8c', operation='DELETE', pgid='pgtrigger_removed_delete_2e016', table='surveys_reading', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_followup_history" ("customer_id", "id", "note", "outcome", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."customer_id", NEW."id", NEW."note", NEW."outcome", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."state"); RETURN NULL;', hash='51e47c1aa3c6957fe0ade962adf3ed0eadf75cad', operation='INSERT', pgid='pgtrigger_added_insert_6ec6e', table='surveys_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."customer_id", OLD."state", OLD."owner_id", OLD."outcome", OLD."note") IS DISTINCT FROM ROW(NEW."customer_id", NEW."state", NEW."owner_id", NEW."outcome", NEW."note"))', func='INSERT INTO "surveys_followup_history" ("customer_id", "id", "note", "outcome", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."customer_id", OLD."id", OLD."note", OLD."outcome", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."state"); RETURN NULL;', hash='3ce28607ec96128a9e1bb9e107c08a049074947c', operation='UPDATE', pgid='pgtrigger_history_1_before_9fbd0', table='surveys_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."customer_id", OLD."state", OLD."owner_id", OLD."outcome", OLD."note") IS DISTINCT FROM ROW(NEW."customer_id", NEW."state", NEW."owner_id", NEW."outcome", NEW."note"))', func='INSERT INTO "surveys_followup_history" ("customer_id", "id", "note", "outcome", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."customer_id", NEW."id", NEW."note", NEW."outcome", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."state"); RETURN NULL;', hash='bf88ba0232a206290edc267c50a6a7980daa0ea4', operation='UPDATE', pgid='pgtrigger_history_2_changed_9c6ea', table='surveys_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followup',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_followup_history" ("customer_id", "id", "note", "outcome", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."customer_id", OLD."id", OLD."note", OLD."outcome", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."state"); RETURN NULL;', hash='2fe3fa633bafe52e7148d7d9b6f966e9aea86d8a', operation='DELETE', pgid='pgtrigger_removed_delete_bebcc', table='surveys_followup', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='place',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_place_history" ("branch_id", "id", "is_open", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (NEW."branch_id", NEW."id", NEW."is_open", NEW."kind", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."survey_id"); RETURN NULL;', hash='97e956c196471867afb4c2f903b84bef67a177bb', operation='INSERT', pgid='pgtrigger_added_insert_a6c00', table='surveys_place', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='place',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."survey_id", OLD."name", OLD."branch_id", OLD."kind", OLD."is_open") IS DISTINCT FROM ROW(NEW."survey_id", NEW."name", NEW."branch_id", NEW."kind", NEW."is_open"))', func='INSERT INTO "surveys_place_history" ("branch_id", "id", "is_open", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (OLD."branch_id", OLD."id", OLD."is_open", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."survey_id"); RETURN NULL;', hash='3d4c0a087b32e50ef79e16a0980c109ef6bf3666', operation='UPDATE', pgid='pgtrigger_history_1_before_57fdf', table='surveys_place', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='place',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."survey_id", OLD."name", OLD."branch_id", OLD."kind", OLD."is_open") IS DISTINCT FROM ROW(NEW."survey_id", NEW."name", NEW."branch_id", NEW."kind", NEW."is_open"))', func='INSERT INTO "surveys_place_history" ("branch_id", "id", "is_open", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (NEW."branch_id", NEW."id", NEW."is_open", NEW."kind", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."survey_id"); RETURN NULL;', hash='edfe7d1338671dbc00c96453b135ed7bc1b12ed2', operation='UPDATE', pgid='pgtrigger_history_2_changed_78672', table='surveys_place', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='place',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_place_history" ("branch_id", "id", "is_open", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (OLD."branch_id", OLD."id", OLD."is_open", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."survey_id"); RETURN NULL;', hash='667a3051bf2c85238a51e4e1b70f536e2e6d77c3', operation='DELETE', pgid='pgtrigger_removed_delete_b1e44', table='surveys_place', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveyversion',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_surveyversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (NEW."definition", NEW."id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."survey_id"); RETURN NULL;', hash='e770cb0b37aec58d4176b81d657274830cfaeaa1', operation='INSERT', pgid='pgtrigger_added_insert_18b30', table='surveys_surveyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveyversion',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."survey_id", OLD."number", OLD."definition") IS DISTINCT FROM ROW(NEW."survey_id", NEW."number", NEW."definition"))', func='INSERT INTO "surveys_surveyversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (OLD."definition", OLD."id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."survey_id"); RETURN NULL;', hash='52ab086531f9bda2d5c7492354dd0eb146dfaf8a', operation='UPDATE', pgid='pgtrigger_history_1_before_0f25f', table='surveys_surveyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveyversion',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."survey_id", OLD."number", OLD."definition") IS DISTINCT FROM ROW(NEW."survey_id", NEW."number", NEW."definition"))', func='INSERT INTO "surveys_surveyversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (NEW."definition", NEW."id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."survey_id"); RETURN NULL;', hash='1f6acbc4585afc49d0ad945a74e9446c0b1f9709', operation='UPDATE', pgid='pgtrigger_history_2_changed_ab83d', table='surveys_surveyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveyversion',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_surveyversion_history" ("definition", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "survey_id") VALUES (OLD."definition", OLD."id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."survey_id"); RETURN NULL;', hash='4dbd93d1db948ab9c22ad259a9b9611f67e1c11a', operation='DELETE', pgid='pgtrigger_removed_delete_f7bb9', table='surveys_surveyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlement',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_settlement_history" ("id", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_by_id", "theme_id", "tone") VALUES (NEW."id", NEW."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."settled_by_id", NEW."theme_id", NEW."tone"); RETURN NULL;', hash='53f3e2647418a79aefbfbdb013be232a836e48e0', operation='INSERT', pgid='pgtrigger_added_insert_ded6b', table='surveys_settlement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlement',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."passage_id", OLD."theme_id", OLD."tone", OLD."settled_by_id") IS DISTINCT FROM ROW(NEW."passage_id", NEW."theme_id", NEW."tone", NEW."settled_by_id"))', func='INSERT INTO "surveys_settlement_history" ("id", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_by_id", "theme_id", "tone") VALUES (OLD."id", OLD."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."settled_by_id", OLD."theme_id", OLD."tone"); RETURN NULL;', hash='2f3e9dba1c9f664d50c1717fead0835d4c5c793f', operation='UPDATE', pgid='pgtrigger_history_1_before_b63b4', table='surveys_settlement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlement',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."passage_id", OLD."theme_id", OLD."tone", OLD."settled_by_id") IS DISTINCT FROM ROW(NEW."passage_id", NEW."theme_id", NEW."tone", NEW."settled_by_id"))', func='INSERT INTO "surveys_settlement_history" ("id", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_by_id", "theme_id", "tone") VALUES (NEW."id", NEW."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."settled_by_id", NEW."theme_id", NEW."tone"); RETURN NULL;', hash='57b005e030e2b2a92777c3b847b8fb5368310d5b', operation='UPDATE', pgid='pgtrigger_history_2_changed_5ea7d', table='surveys_settlement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlement',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "surveys_settlement_history" ("id", "passage_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_by_id", "theme_id", "tone") VALUES (OLD."id", OLD."passage_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."settled_by_id", OLD."theme_id", OLD."tone"); RETURN NULL;', hash='193bb9b4a26c59d992fd782c77d7e1aec1556a67', operation='DELETE', pgid='pgtrigger_removed_delete_8b5b5', table='surveys_settlement', when='AFTER')),
        ),
    ]
