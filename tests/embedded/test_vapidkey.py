"""The key pair of pushes outlives the mesh, and is its owner's alone."""

from pathlib import Path

from emails.push.keys import signer
from embedded import vapidkey


def test_it_is_kept_and_signs(tmp_path: Path) -> None:
    pair = vapidkey.kept(tmp_path)
    assert vapidkey.kept(tmp_path) == pair
    assert (tmp_path / "vapid-key").stat().st_mode & 0o077 == 0
    claims = {"aud": "https://push.example", "sub": "mailto:a@b.example"}
    signed = signer(pair.private, claims["sub"]).sign(claims)
    assert signed["Authorization"].endswith(f"k={pair.public}")
