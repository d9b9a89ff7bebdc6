"""EventBridge Scheduler: schedules in groups, each with one target that is invoked when its time has come."""
