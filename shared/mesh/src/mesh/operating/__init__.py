"""`mesh`: the command of those who look after all services at once.

contracts.py  what messages may look like, and in which order a change may be deployed
asyncapi.py   what is said in the mesh, for programs and people of other kinds
"""

import sys
from typing import Any

import click

from contracts import Refused
from mesh.operating.contracts import contracts


class Group(click.Group):
    """What is refused is said in one line, with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as error:
            click.echo(f"{ctx.info_name}: {error}", err=True)
            sys.exit(2)


main = Group("mesh", help=__doc__.partition("\n")[0], commands={"contracts": contracts})
