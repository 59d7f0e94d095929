"""Calls the test service with the PyPI package varlink.

usage: independent_client.py SOCKET
"""

import sys

import varlink

with varlink.Client.new_with_address("unix:" + sys.argv[1]) as client:
    with client.open("org.varlink.service") as service:
        information = service.GetInfo()
        assert information["product"] == "test", information
        assert "io.spectrad" in information["interfaces"], information

    # Opening an interface reads and parses its whole definition.
    with client.open("io.spectrad") as spectrad:
        reply = spectrad.BeginSample(None, "Ünïcode \"1\" / 2")
        assert reply == {"scanner": "s", "sampleId": "Ünïcode \"1\" / 2"}, reply

        try:
            spectrad.DeleteSample("x")
            raise AssertionError("an error was expected")
        except varlink.VarlinkError as error:
            assert error.error() == "io.spectrad.NoSuchSample", error
            assert error.parameters() == {"sampleId": "x"}, error

        try:
            spectrad.GetStatus()
            raise AssertionError("an error was expected")
        except varlink.MethodNotImplemented as error:
            assert error.parameters() == {"method": "io.spectrad.GetStatus"}, error

        replies = list(spectrad.ReadScans("3", _more=True))
        scans = [reply["scan"]["scanIndex"] for reply in replies[:-1]]
        assert scans == [0, 1, 2], scans
        assert replies[-1] == {}, replies[-1]

        events = [next(iter(reply)) for reply in spectrad.Subscribe(100, _more=True)]
        assert events == ["heartbeat"] * 100 + ["bye"], events

        assert spectrad.BeginSample(None, "no reply", _oneway=True) is None
        assert spectrad.BeginSample(None, "last")["sampleId"] == "last"

print("all as expected")
