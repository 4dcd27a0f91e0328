"""A session as a notebook has it: the driver is here, executors are pods. Ends when it is told to."""

import signal

from pyspark.sql import SparkSession

END = {signal.SIGTERM}

# Before Java starts, which would end at once otherwise.
signal.pthread_sigmask(signal.SIG_BLOCK, END)
session = SparkSession.builder.getOrCreate()
print(f"session {session.sparkContext.applicationId}", flush=True)
signal.sigwait(END)
session.stop()
print("session stopped", flush=True)
