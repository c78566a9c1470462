import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
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
        ('business', '__first__'),
        ('customers', '0001_initial'),
        ('events', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('points', 'Points'), ('stamps', 'Stamp card'), ('tiers', 'Tiers'), ('referral', 'Referral')], max_length=10)),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('ended', 'Ended')], default='draft', max_length=10)),
                ('number', models.PositiveIntegerField(default=1)),
                ('terms', models.JSONField()),
                ('starts_at', models.DateTimeField(null=True)),
                ('next_transaction', models.BigIntegerField(default=0)),
                ('counted_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['kind', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'live'), ('kind__in', ['points', 'tiers', 'referral'])), fields=('kind',), name='one_live_programme_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'live'), _negated=True), ('starts_at__isnull', False), _connector='OR'), name='live_has_begun')],
            },
        ),
        migrations.CreateModel(
            name='Redemption',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('reference', models.CharField(blank=True, default='', max_length=200)),
                ('business_day', models.DateField()),
                ('branch', models.CharField(blank=True, default='', max_length=40)),
                ('lines', models.JSONField(default=list)),
                ('sum_before', models.DecimalField(decimal_places=2, max_digits=18)),
                ('discount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('points', models.PositiveBigIntegerField(default=0)),
                ('points_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('currency', models.CharField(max_length=3)),
                ('redeemed_at', models.DateTimeField()),
                ('program', models.CharField(blank=True, default='', max_length=60)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancelled_because', models.CharField(blank=True, default='', max_length=200)),
                ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redemptions', to='customers.customer')),
                ('redeemed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-redeemed_at'],
                'indexes': [models.Index(fields=['customer', '-redeemed_at'], name='redemption_by_customer'), models.Index(fields=['-redeemed_at'], name='redemption_by_moment')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None), models.Q(('reference', ''), _negated=True)), fields=('branch', 'reference', 'business_day'), name='receipt_redeemed_once'), models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('points_sum__gte', 0), ('sum_before__gte', django.db.models.expressions.CombinedExpression(models.F('discount'), '+', models.F('points_sum')))), name='nobody_is_paid_for_buying')],
            },
        ),
        migrations.CreateModel(
            name='ReferralCode',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='referral_code', serialize=False, to='customers.customer')),
                ('code', models.CharField(max_length=60, unique=True)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('conditions', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('ended', 'Ended')], default='draft', max_length=10)),
                ('number', models.PositiveIntegerField(default=1)),
                ('terms', models.JSONField()),
                ('budget_uses', models.PositiveIntegerField(blank=True, null=True)),
                ('budget_sum', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ('uses', models.PositiveIntegerField(default=0)),
                ('given', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('budget_uses', None), ('uses__lte', models.F('budget_uses')), _connector='OR'), name='offer_uses_within_budget'), models.CheckConstraint(condition=models.Q(('budget_sum', None), ('given__lte', models.F('budget_sum')), _connector='OR'), name='offer_sum_within_budget'), models.CheckConstraint(condition=models.Q(('given__gte', 0)), name='offer_gave_no_less_than_nothing')],
            },
        ),
        migrations.CreateModel(
            name='OfferHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('conditions', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('ended', 'Ended')], default='draft', max_length=10)),
                ('terms', models.JSONField()),
                ('budget_uses', models.PositiveIntegerField(blank=True, null=True)),
                ('budget_sum', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='loyalty.offer')),
            ],
            options={
                'db_table': 'loyalty_offer_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='offer_by_change')],
            },
        ),
        migrations.CreateModel(
            name='OfferVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('names', models.JSONField()),
                ('terms', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='loyalty.offer')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['offer', '-number'],
                'constraints': [models.UniqueConstraint(fields=('offer', 'number'), name='offer_versions_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$', 'A key is small Latin letters, digits and _, such as vip_guests.')])),
                ('names', models.JSONField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('ended', 'Ended')], default='draft', max_length=10)),
                ('terms', models.JSONField()),
                ('starts_at', models.DateTimeField(null=True)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='loyalty.programme')),
            ],
            options={
                'db_table': 'loyalty_programme_history',
                'abstract': False,
                'indexes': [models.Index(fields=['-pgh_created_at'], name='programme_by_change')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('names', models.JSONField()),
                ('terms', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='loyalty.programme')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['programme', '-number'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'number'), name='programme_versions_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waits for the first purchase'), ('rewarded', 'Rewarded'), ('refused', 'Refused')], default='waiting', max_length=10)),
                ('refusal', models.CharField(blank=True, choices=[('', ''), ('same_person', 'They are one person'), ('shared_contact', 'They share a phone or an e-mail'), ('limit', 'The limit of the month was reached')], default='', max_length=20)),
                ('referred_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('friend', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='referred_by', to='customers.customer')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='loyalty.programme')),
                ('referrer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='customers.customer')),
            ],
            options={
                'ordering': ['-referred_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('referrer', models.F('friend')), _negated=True), name='nobody_refers_themselves')],
            },
        ),
        migrations.CreateModel(
            name='TierStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.CharField(max_length=40)),
                ('rank', models.PositiveSmallIntegerField()),
                ('measured', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('since', models.DateTimeField()),
                ('grace_until', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tier_standings', to='customers.customer')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='standings', to='loyalty.programme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('programme', 'customer'), name='one_tier_of_a_customer')],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('customer', 'Customer'), ('issued', 'Issued'), ('redeemed', 'Redeemed'), ('expired', 'Expired'), ('adjusted', 'Adjusted')], db_default='customer', default='customer', max_length=10)),
                ('balance', models.BigIntegerField(db_default=0, default=0)),
                ('owed', models.BigIntegerField(db_default=0, default=0)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='loyalty_accounts', to='customers.customer')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='loyalty.programme')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='points_never_below_zero'), models.CheckConstraint(condition=models.Q(('owed__gte', 0)), name='owed_points_never_below_zero'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'customer'), ('customer__isnull', False)), models.Q(models.Q(('kind', 'customer'), _negated=True), ('customer__isnull', True)), _connector='OR'), name='account_is_a_customers_or_the_houses'), models.UniqueConstraint(condition=models.Q(('kind', 'customer')), fields=('programme', 'customer'), name='one_account_of_a_customer'), models.UniqueConstraint(condition=models.Q(('kind', 'customer'), _negated=True), fields=('programme', 'kind'), name='one_house_account_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=60, null=True, unique=True)),
                ('written', models.CharField(db_default='', default='', max_length=60)),
                ('origin', models.CharField(max_length=120)),
                ('uses_allowed', models.PositiveIntegerField(default=1, null=True)),
                ('uses', models.PositiveIntegerField(db_default=0, default=0)),
                ('granted_at', models.DateTimeField()),
                ('valid_until', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='customers.customer')),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='loyalty.offer')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'offer'], name='grant_by_customer'), models.Index(fields=['offer', '-id'], name='grant_by_offer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('customer__isnull', False)), fields=('offer', 'customer', 'origin'), name='granted_once'), models.CheckConstraint(condition=models.Q(('uses_allowed', None), ('uses__lte', models.F('uses_allowed')), _connector='OR'), name='code_used_no_more_than_allowed')],
            },
        ),
        migrations.CreateModel(
            name='RedeemedOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('discount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('cost', models.DecimalField(decimal_places=2, max_digits=18)),
                ('grant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redeemed', to='loyalty.grant')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redeemed', to='loyalty.offer')),
                ('redemption', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='loyalty.redemption')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('redemption', 'offer'), name='offer_once_a_receipt')],
            },
        ),
        migrations.CreateModel(
            name='Earning',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=200)),
                ('bought_at', models.DateTimeField()),
                ('amount', models.DecimalField(decimal_places=4, max_digits=18)),
                ('units', models.FloatField(db_default=0, default=0)),
                ('factor', models.DecimalField(db_default=1, decimal_places=2, default=1, max_digits=6)),
                ('due', models.BigIntegerField()),
                ('points', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='loyalty.account')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'source', 'reference'), name='a_purchase_earns_once')],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('points', models.BigIntegerField()),
                ('remaining', models.BigIntegerField()),
                ('came_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('reference', models.CharField(db_default='', default='', max_length=200)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='loyalty.account')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('remaining__gt', 0)), fields=['account'], name='lot_open'), models.Index(condition=models.Q(('expires_at__isnull', False), ('remaining__gt', 0)), fields=['expires_at'], name='lot_expiring')],
                'constraints': [models.CheckConstraint(condition=models.Q(('points__gt', 0), ('remaining__gte', 0), ('remaining__lte', models.F('points'))), name='a_lot_holds_what_is_left_of_it')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('points', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('earned', 'Earned'), ('taken_back', 'Taken Back'), ('redeemed', 'Redeemed'), ('cancelled', 'Cancelled'), ('expired', 'Expired'), ('adjusted', 'Adjusted')], max_length=10)),
                ('posted_at', models.DateTimeField()),
                ('note', models.CharField(db_default='', default='', max_length=200)),
                ('from_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='gone', to='loyalty.account')),
                ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='loyalty.lot')),
                ('posted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='come', to='loyalty.account')),
                ('redemption', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='loyalty.redemption')),
            ],
            options={
                'indexes': [models.Index(fields=['lot'], name='posting_by_lot'), models.Index(condition=models.Q(('redemption__isnull', False)), fields=['redemption'], name='posting_by_redemption'), models.Index(fields=['posted_at'], name='posting_by_moment')],
                'constraints': [models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='a_posting_moves_points'), models.CheckConstraint(condition=models.Q(('from_account', models.F('to_account')), _negated=True), name='a_posting_has_two_sides')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offer',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "loyalty_offer_history" ("budget_sum", "budget_uses", "conditions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "terms") VALUES (NEW."budget_sum", NEW."budget_uses", NEW."conditions", NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."state", NEW."terms"); RETURN NULL;', hash='b00637d96a32cae0131f9b8df9cbcaecdbc4360a', operation='INSERT', pgid='pgtrigger_added_insert_8b88c', table='loyalty_offer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offer',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."conditions", OLD."state", OLD."terms", OLD."budget_uses", OLD."budget_sum") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."conditions", NEW."state", NEW."terms", NEW."budget_uses", NEW."budget_sum"))', func='INSERT INTO "loyalty_offer_history" ("budget_sum", "budget_uses", "conditions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "terms") VALUES (OLD."budget_sum", OLD."budget_uses", OLD."conditions", OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."state", OLD."terms"); RETURN NULL;', hash='29ed43ed34f18ccaf8b05fa4441ed2c6ab164fce', operation='UPDATE', pgid='pgtrigger_history_1_before_28db6', table='loyalty_offer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offer',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."conditions", OLD."state", OLD."terms", OLD."budget_uses", OLD."budget_sum") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."conditions", NEW."state", NEW."terms", NEW."budget_uses", NEW."budget_sum"))', func='INSERT INTO "loyalty_offer_history" ("budget_sum", "budget_uses", "conditions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "terms") VALUES (NEW."budget_sum", NEW."budget_uses", NEW."conditions", NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."state", NEW."terms"); RETURN NULL;', hash='bf2142ddc5f429cc830710546a99bf31d78839b8', operation='UPDATE', pgid='pgtrigger_history_2_changed_960db', table='loyalty_offer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offer',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "loyalty_offer_history" ("budget_sum", "budget_uses", "conditions", "id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "terms") VALUES (OLD."budget_sum", OLD."budget_uses", OLD."conditions", OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."state", OLD."terms"); RETURN NULL;', hash='2e153515f86e9ab8cc653d2fcef2eb18b51c84d6', operation='DELETE', pgid='pgtrigger_removed_delete_38ff3', table='loyalty_offer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "loyalty_programme_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "state", "terms") VALUES (NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'added\', NEW."id", NEW."starts_at", NEW."state", NEW."terms"); RETURN NULL;', hash='b3f894e1eacfde1bc26de853fa59df02f96b3490', operation='INSERT', pgid='pgtrigger_added_insert_94139', table='loyalty_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='history_1_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."state", OLD."terms", OLD."starts_at") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."state", NEW."terms", NEW."starts_at"))', func='INSERT INTO "loyalty_programme_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "state", "terms") VALUES (OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'before\', OLD."id", OLD."starts_at", OLD."state", OLD."terms"); RETURN NULL;', hash='bc6b86902b20fdf1dde7595c9dae67b96198995d', operation='UPDATE', pgid='pgtrigger_history_1_before_47154', table='loyalty_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='history_2_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (coalesce(current_setting(\'pghistory.context_id\', true), \'\') <> \'\' AND ROW(OLD."key", OLD."names", OLD."state", OLD."terms", OLD."starts_at") IS DISTINCT FROM ROW(NEW."key", NEW."names", NEW."state", NEW."terms", NEW."starts_at"))', func='INSERT INTO "loyalty_programme_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "state", "terms") VALUES (NEW."id", NEW."key", NEW."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', NEW."id", NEW."starts_at", NEW."state", NEW."terms"); RETURN NULL;', hash='4042e7276d1b1e4d6e8ac90a80f3082ee37c528e', operation='UPDATE', pgid='pgtrigger_history_2_changed_00d57', table='loyalty_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(current_setting('pghistory.context_id', true), '') <> '')", func='INSERT INTO "loyalty_programme_history" ("id", "key", "names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "state", "terms") VALUES (OLD."id", OLD."key", OLD."names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."starts_at", OLD."state", OLD."terms"); RETURN NULL;', hash='35334f64d9db01ff08a45715df03ab00371dbdae', operation='DELETE', pgid='pgtrigger_removed_delete_15cfb', table='loyalty_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='posting',
            trigger=pgtrigger.compiler.Trigger(name='written_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8a8e1d3442ad26d8c5733ff8389988d1fe04e946', operation='UPDATE OR DELETE', pgid='pgtrigger_written_once_55553', table='loyalty_posting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='posting',
            trigger=pgtrigger.compiler.Trigger(name='balances_follow', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    UPDATE loyalty_account a SET balance = a.balance + moved.points\n    FROM (\n        SELECT account_id, sum(points) AS points FROM (\n            SELECT to_account_id AS account_id, points FROM fresh\n            UNION ALL SELECT from_account_id, -points FROM fresh\n        ) AS sides GROUP BY account_id\n    ) AS moved\n    WHERE a.id = moved.account_id AND a.kind = 'customer';\n    RETURN NULL;\n", hash='34f451029a93f42a6467c549d1eadf5ced167da4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_balances_follow_e0f55', referencing='REFERENCING NEW TABLE AS fresh ', table='loyalty_posting', when='AFTER')),
        ),
    ]
