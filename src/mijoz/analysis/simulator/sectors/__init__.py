"""The five sectors that the simulator knows."""

from mijoz.analysis.simulator.sectors.clinic import CLINIC
from mijoz.analysis.simulator.sectors.hotel import HOTEL
from mijoz.analysis.simulator.sectors.repair import REPAIR
from mijoz.analysis.simulator.sectors.restaurant import RESTAURANT
from mijoz.analysis.simulator.sectors.salon import SALON
from mijoz.analysis.simulator.sectors.sector import Sector, SectorKey, Service, SimulatedBranch

SECTORS: dict[str, Sector] = {sector.key: sector for sector in (RESTAURANT, CLINIC, HOTEL, REPAIR, SALON)}

__all__ = ["SECTORS", "Sector", "SectorKey", "Service", "SimulatedBranch"]
