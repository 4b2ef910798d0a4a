"""`mesh`: the command of those who look after all services at once.

contracts.py  what messages may look like, and in which order a change may be deployed
asyncapi.py   what is said in the mesh, for programs and people of other kinds
live.py       who lives
deploy.py     what may be deployed beside that: world.py looks, judging.py judges, draining.py waits
builds.py     which build is meant
"""

from mesh.cli import Cli
from mesh.operating.contracts import contracts
from mesh.operating.deploy import deploy
from mesh.operating.live import live

main = Cli("mesh", help=__doc__.partition("\n")[0], commands=[contracts, deploy, live])
