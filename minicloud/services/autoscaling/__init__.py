"""Application Auto Scaling: how many of something there are to be, on the cloud's clock."""
