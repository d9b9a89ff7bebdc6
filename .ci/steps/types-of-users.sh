# mypy and pyright see minicloud after a plain `pip install -e .`, and its clients as those of boto3-stubs where these are.
. "$ci/lib.sh"

installs_with=pip environment users "$newest" --editable . mypy "pyright[nodejs]"
"$bin/python" tests/typing_of_users/check.py
add "boto3-stubs[application-autoscaling,cloudwatch,events,firehose,iam,kinesis,lambda,logs,pipes,s3,scheduler,sns,sqs,sts]" "types-aiobotocore[application-autoscaling,cloudwatch,events,firehose,iam,kinesis,lambda,logs,pipes,s3,scheduler,sns,sqs,sts]"
"$bin/python" tests/typing_of_users/check.py --stubs
