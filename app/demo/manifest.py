"""What the demo registers: the command that generates it."""

from app.demo.command import demo
from app.kernel.errors import N_
from app.lowcode.manifest import Manifest

MANIFEST = Manifest(name="demo", label=N_("演示数据"), icon="flask", commands=(demo,))
