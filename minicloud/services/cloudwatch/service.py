"""Amazon CloudWatch as its clients see it: the metrics of an account in a region."""

from __future__ import annotations

from typing import Any, Final

from ...core.service import Acceptor, Pagination, Service, WaiterModel
from ...exceptions import AwsError
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.alarm_reports import AlarmReportOperations
from .operations.data import DataOperations
from .operations.kept_alarms import KeptAlarms
from .operations.metrics import MetricOperations
from .operations.tags import TagOperations

__all__ = ["SERVICE", "CloudWatch"]


class CloudWatch(MetricOperations, DataOperations, KeptAlarms, AlarmReportOperations, TagOperations):
    """The CloudWatch of one account in one region."""


def _has_metric_alarms(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return result is not None and bool(result.get("MetricAlarms"))


def _has_composite_alarms(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return result is not None and bool(result.get("CompositeAlarms"))


_LEFT_OUT: Final = (
    "minicloud answers for metrics and alarms: take the call out of the test, or let the service through with "
    "mock_aws(passthrough=('cloudwatch',)) where something else answers it"
)
_DASHBOARDS: Final = f"there is nobody to look at dashboards here; {_LEFT_OUT}"
_ANOMALIES: Final = f"anomaly detection is a model that AWS trains: give the alarm a threshold; {_LEFT_OUT}"
_INSIGHTS: Final = f"there are no log events to look into here; {_LEFT_OUT}"
_STREAMS: Final = f"metrics are not streamed: read them with get_metric_data; {_LEFT_OUT}"
_MUTE_RULES: Final = f"alarms are not muted by rules: use disable_alarm_actions; {_LEFT_OUT}"

SERVICE = Service(
    name="cloudwatch",
    service_id="CloudWatch",
    api_version="2010-08-01",
    endpoint_prefix="monitoring",
    api=CloudWatch,
    content_type="application/x-amz-json-1.0",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    error_headers=error_headers,
    paginators={
        "describe_alarm_history": Pagination("NextToken", "NextToken", "MaxRecords", ("AlarmHistoryItems",)),
        "describe_alarms": Pagination(
            "NextToken", "NextToken", "MaxRecords", ("MetricAlarms", "CompositeAlarms", "LogAlarms")
        ),
        "get_metric_data": Pagination("NextToken", "NextToken", "MaxDatapoints", ("MetricDataResults", "Messages")),
        "list_metrics": Pagination("NextToken", "NextToken", None, ("Metrics", "OwningAccounts")),
    },
    waiters={
        "alarm_exists": WaiterModel("describe_alarms", 5, 40, (Acceptor("success", _has_metric_alarms),)),
        "composite_alarm_exists": WaiterModel("describe_alarms", 5, 40, (Acceptor("success", _has_composite_alarms),)),
    },
    is_partial=True,
    refused={
        "AssociateDatasetKmsKey": _LEFT_OUT,
        "CreateResourceMetricsConfiguration": _LEFT_OUT,
        "DeleteAlarmMuteRule": _MUTE_RULES,
        "DeleteAnomalyDetector": _ANOMALIES,
        "DeleteDashboards": _DASHBOARDS,
        "DeleteInsightRules": _INSIGHTS,
        "DeleteMetricDataQueryDefinition": _LEFT_OUT,
        "DeleteMetricStream": _STREAMS,
        "DeleteResourceMetricsConfiguration": _LEFT_OUT,
        "DescribeAlarmContributors": _LEFT_OUT,
        "DescribeAnomalyDetectors": _ANOMALIES,
        "DescribeInsightRules": _INSIGHTS,
        "DisableInsightRules": _INSIGHTS,
        "DisassociateDatasetKmsKey": _LEFT_OUT,
        "EnableInsightRules": _INSIGHTS,
        "GetAlarmMuteRule": _MUTE_RULES,
        "GetDashboard": _DASHBOARDS,
        "GetDataset": _LEFT_OUT,
        "GetInsightRuleReport": _INSIGHTS,
        "GetMetricDataQueryDefinition": _LEFT_OUT,
        "GetMetricStream": _STREAMS,
        "GetMetricWidgetImage": _DASHBOARDS,
        "GetOTelEnrichment": _LEFT_OUT,
        "GetResourceMetricsConfiguration": _LEFT_OUT,
        "ListAlarmMuteRules": _MUTE_RULES,
        "ListDashboards": _DASHBOARDS,
        "ListManagedInsightRules": _INSIGHTS,
        "ListMetricDataQueryDefinitions": _LEFT_OUT,
        "ListMetricStreams": _STREAMS,
        "PutAlarmMuteRule": _MUTE_RULES,
        "PutAnomalyDetector": _ANOMALIES,
        "PutDashboard": _DASHBOARDS,
        "PutInsightRule": _INSIGHTS,
        "PutLogAlarm": _INSIGHTS,
        "PutManagedInsightRules": _INSIGHTS,
        "PutMetricDataQueryDefinition": _LEFT_OUT,
        "PutMetricStream": _STREAMS,
        "StartMetricStreams": _STREAMS,
        "StartOTelEnrichment": _LEFT_OUT,
        "StopMetricStreams": _STREAMS,
        "StopOTelEnrichment": _LEFT_OUT,
        "UpdateOTelEnrichment": _LEFT_OUT,
        "UpdateResourceMetricsConfiguration": _LEFT_OUT,
    },
)
