"""`mesh`: the command of those who look after all services at once.

contracts.py  what messages may look like, and in which order a change may be deployed
asyncapi.py   what is said in the mesh, for programs and people of other kinds
"""

from mesh.cli import Cli
from mesh.operating.contracts import contracts

main = Cli("mesh", help=__doc__.partition("\n")[0], commands={"contracts": contracts})
