"""Writes and reads event files with TensorBoard's own code.

    python events.py make events.bin      the records that TensorBoardTests compares bytes with
    python events.py read FOLDER          prints what TensorBoard finds in a folder of event files
"""

import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


def value(tag, number):
    return summary_pb2.Summary.Value(tag=tag, simple_value=number)


def make(path):
    picture = summary_pb2.Summary.Image(
        height=3, width=5, colorspace=3, encoded_image_string=bytes(range(200)) * 2)
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    events = [
        event_pb2.Event(file_version="brain.Event:2"),
        event_pb2.Event(step=391, session_log=start),
        event_pb2.Event(step=0, summary=summary_pb2.Summary(value=[value("train/loss", 2.25)])),
        event_pb2.Event(step=70000, summary=summary_pb2.Summary(
            value=[value("validation/accuracy", 0.1), value("validation/größe", 0.0),
                   value("train/loss", float("nan"))])),
        event_pb2.Event(step=5, summary=summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag="batch", image=picture)])),
    ]
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        for index, event in enumerate(events):
            event.wall_time = 1700000000.5 + index
            writer.write(event.SerializeToString())
        writer.flush()


def read(folder):
    events = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    for tag in events.Tags()["scalars"]:
        print(tag, [(e.step, round(e.value, 6)) for e in events.Scalars(tag)])
    for tag in events.Tags()["images"]:
        print(tag, [(e.step, e.width, e.height, len(e.encoded_image_string)) for e in events.Images(tag)])


{"make": make, "read": read}[sys.argv[1]](sys.argv[2])
