"""The sample service, when it tells what its workers did."""

from dataclasses import replace

import sample

from contracts.reports import NoteFlow

service = replace(sample.service, sends=(*sample.service.sends, NoteFlow), flow=NoteFlow)
