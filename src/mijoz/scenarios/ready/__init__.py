"""Ready scenarios for each sector, to be read, taken as a draft, changed and started. The five pilots are among "
"them."""

from mijoz.scenarios.ready.gallery import READY, Ready, ready_for, the_ready

__all__ = ["READY", "Ready", "ready_for", "the_ready"]
