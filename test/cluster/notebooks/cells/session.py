import threading

import lake

spark = lake.session()
# More work than this process can do: executors are asked for. Nobody waits for the result.
threading.Thread(target=lambda: spark.range(1000, numPartitions=8).count(), daemon=True).start()
print("session", spark.sparkContext.applicationId)
