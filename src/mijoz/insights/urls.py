from django.urls import path

from mijoz.insights import views
from mijoz.insights.aims import views as aims
from mijoz.insights.behind import views as behind
from mijoz.insights.branches import views as branches
from mijoz.insights.gaps import views as gaps
from mijoz.insights.pain import views as pain
from mijoz.insights.proof import register_views
from mijoz.insights.proof import views as proof
from mijoz.insights.results import views as results
from mijoz.insights.roadmap import views as roadmap
from mijoz.insights.training import views as training
from mijoz.insights.triangulation import views as triangulation

app_name = "insights"
urlpatterns = [
    path("gaps/", gaps.page, name="gaps"),
    path("gaps/export.csv", gaps.export, name="gaps_export"),
    path("gaps/<slug:key>/", gaps.aim, name="gap_aim"),
    path("pain/", pain.page, name="pain"),
    path("pain/customers/", pain.customers, name="pain_customers"),
    path("pain/customers.csv", pain.export, name="pain_export"),
    path("road-map/", roadmap.road_map, name="road_map"),
    path("road-map/rules/", roadmap.review, name="road_review"),
    path("road-map/<slug:key>/plan/", roadmap.plan, name="road_plan"),
    path("training/", training.training, name="training"),
    path("training/begin/", training.begin, name="training_begin"),
    path("training/certificates/", training.check, name="training_check"),
    path("training/certificates/<slug:check_word>/", training.certificate, name="certificate"),
    path("training/<int:pk>/<int:position>/", training.one_exercise, name="training_exercise"),
    path("three-views/", triangulation.page, name="triangulation"),
    path("three-views/<slug:key>/", triangulation.figures, name="triangulation_figures"),
    path("kpi/", views.board, name="board"),
    path("kpi/refresh", views.refresh, name="refresh"),
    path("kpi/progress/<int:computation>", views.progress, name="progress"),
    path("kpi/export.csv", views.export, name="export"),
    path("kpi/register/", aims.register, name="register"),
    path("kpi/register/<slug:name>/", aims.aim, name="aim"),
    path("kpi/alerts/", aims.alerts, name="alerts"),
    path("kpi/branches/", branches.page, name="branches"),
    path("kpi/branches/pooled/", branches.take_in, name="pooled"),
    path("kpi/branches/pooled/forget/", branches.forget, name="pooled_forget"),
    path("kpi/<slug:name>/", views.kpi, name="kpi"),
    path("kpi/<slug:name>/behind/", behind.page, name="behind"),
    path("kpi/<slug:name>/behind/export.csv", behind.export, name="behind_export"),
    path("results/", results.page, name="results"),
    path("results/aims/", results.aims, name="results_aims"),
    path("results/readers/", results.readers, name="results_readers"),
    path("results/<str:month>/", results.page, name="results_month"),
    path("results/<str:month>/make/", results.make, name="results_make"),
    path("results/<str:month>/progress/", results.progress, name="results_progress"),
    path("results/<str:month>/send/", results.send, name="results_send"),
    path("results/<str:month>/report.pdf", results.download, name="results_pdf"),
    path("proof/", proof.listing, name="proof"),
    path("proof/read/", proof.read, name="proof_read"),
    path("proof/export.csv", proof.export, name="proof_export"),
    path("proof/plan/", proof.planner, name="proof_plan"),
    path("proof/plan/keep", proof.keep, name="proof_keep"),
    path("proof/plan/start", proof.start, name="proof_start"),
    path("proof/pilot/<int:pk>/", proof.pilot, name="proof_pilot"),
    path("proof/pilot/<int:pk>/start", proof.begin, name="proof_begin"),
    path("proof/pilot/<int:pk>/withdraw", proof.withdraw, name="proof_withdraw"),
    path("proof/pilot/<int:pk>/end", proof.end, name="proof_end"),
    path("proof/scenario/<slug:key>/", proof.scenario, name="proof_scenario"),
    path("proof/compare/", proof.compare, name="compare"),
    path("proof/compare/<int:pk>/", proof.comparison, name="proof_comparison"),
    path("improvements/", register_views.listing, name="improvements"),
    path("improvements/export.csv", register_views.export, name="improvements_export"),
    path("improvements/new/", register_views.new, name="improvement_new"),
    path("improvements/<int:pk>/", register_views.improvement, name="improvement"),
]
