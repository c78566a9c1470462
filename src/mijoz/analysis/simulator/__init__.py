"""A simulated service business with known truth: for the demo, and for tests that find the truth again."""

from mijoz.analysis.simulator.business import SimulatedBusiness, simulate, write_truth
from mijoz.analysis.simulator.pilots import PILOTS, Pilot
from mijoz.analysis.simulator.sectors import SECTORS

__all__ = ["PILOTS", "SECTORS", "Pilot", "SimulatedBusiness", "simulate", "write_truth"]
