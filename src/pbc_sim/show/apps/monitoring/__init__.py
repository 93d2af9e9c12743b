"""How is a contract that runs watched week by week?

Lives here: the monitoring view. May not live here: what is measured (`decision/monitoring/`).
"""
