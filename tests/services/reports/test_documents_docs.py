"""docs/reports has what the code makes: the same figures are the same bytes."""

from reportpictures import NAMES, PLACE, files, page

from reports.documents.samples import SAMPLES


def test_the_samples_are_up_to_date() -> None:
    assert NAMES.keys() == SAMPLES.keys()
    for name, content in files():
        assert (PLACE / name).read_bytes() == content, f"`make report-pictures`: {name}"


def test_the_page_shows_all_pictures() -> None:
    assert (PLACE / "README.md").read_text() == page()
