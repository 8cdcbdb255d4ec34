"""What browsers and shops are answered, what is kept, and how the bill can be split."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from rowshot.reporting.contact_sheet import render_contact_sheet
from rowshot_local.engine.template import load, resources

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = load(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
DISTRIBUTION = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
COSTLY = {
    "AWS::S3::Bucket",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
}


def headers(name: str) -> dict[str, Any]:
    config: dict[str, Any] = RESOURCES[name]["Properties"]["ResponseHeadersPolicyConfig"]
    return config


def behaviours() -> dict[str, dict[str, Any]]:
    others = {each["PathPattern"]: each for each in DISTRIBUTION["CacheBehaviors"]}
    return {"images/*": DISTRIBUTION["DefaultCacheBehavior"], **others}


def test_pictures_and_reports_have_headers_of_their_own() -> None:
    given = {path: each["ResponseHeadersPolicyId"]["Ref"] for path, each in behaviours().items()}
    assert given == {"images/*": "PictureHeaders", "reports/*": "ReportHeaders"}


@pytest.mark.parametrize("path", ["images/*", "reports/*"])
def test_everything_is_compressed_cached_and_sent_by_https(path: str) -> None:
    behaviour = behaviours()[path]
    assert behaviour["Compress"] is True
    assert behaviour["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert behaviour["ViewerProtocolPolicy"] == {
        "Fn::If": ["OnAws", "redirect-to-https", "allow-all"]
    }


@pytest.mark.parametrize("name", ["PictureHeaders", "ReportHeaders"])
def test_nothing_is_guessed_and_https_is_remembered(name: str) -> None:
    security = headers(name)["SecurityHeadersConfig"]
    assert security["ContentTypeOptions"] == {"Override": True}
    https = security["StrictTransportSecurity"]
    assert https["AccessControlMaxAgeSec"] >= 31_536_000
    # A shop may serve plain HTTP under other names below its domain.
    assert https["IncludeSubdomains"] is False


def test_any_shop_may_use_the_pictures_without_cookies() -> None:
    cors = headers("PictureHeaders")["CorsConfig"]
    assert cors["AccessControlAllowOrigins"]["Items"] == ["*"]
    assert set(cors["AccessControlAllowMethods"]["Items"]) == {"GET", "HEAD"}
    assert cors["AccessControlAllowCredentials"] is False


def test_the_policy_of_reports_allows_what_a_contact_sheet_needs_and_no_more() -> None:
    sent = _policy(
        headers("ReportHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"][
            "ContentSecurityPolicy"
        ]
    )
    page = render_contact_sheet(_REPORT, picture=lambda row: None, large=lambda row: None)
    (written,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    own = _policy(html.unescape(written))
    assert set(own) <= set(sent)
    for part in ("default-src", "base-uri", "form-action", "frame-ancestors"):
        assert sent[part] == ["'none'"], part
    # The page's own, stricter policy names hashes; this one holds for pages of any age.
    assert sent["script-src"] == sent["style-src"] == ["'unsafe-inline'"]


def test_a_reports_address_is_told_to_nobody() -> None:
    assert headers("ReportHeaders")["SecurityHeadersConfig"]["ReferrerPolicy"] == {
        "ReferrerPolicy": "no-referrer",
        "Override": True,
    }
    (robots,) = headers("ReportHeaders")["CustomHeadersConfig"]["Items"]
    assert (robots["Header"], robots["Value"]) == ("X-Robots-Tag", "noindex")


def test_current_pictures_never_expire_or_move_to_cold_storage() -> None:
    for name in ("MediaBucket", "InboxBucket"):
        for rule in RESOURCES[name]["Properties"]["LifecycleConfiguration"]["Rules"]:
            assert set(rule) <= {
                "Id", "Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"
            }, name  # fmt: skip


def test_whatever_the_kept_distribution_names_is_kept_with_it() -> None:
    named = set(re.findall(r"'(?:Ref|Fn::GetAtt)': \[?'(\w+)'", str(DISTRIBUTION)))
    for name in (named & set(RESOURCES)) | {"Distribution", "MediaPolicy"}:
        assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain", name


def test_a_domain_needs_its_certificate() -> None:
    assert DISTRIBUTION["Aliases"]["Fn::If"][0] == "HasMediaDomainName"
    assert DISTRIBUTION["ViewerCertificate"]["Fn::If"][0] == "HasMediaDomainName"
    own = DISTRIBUTION["ViewerCertificate"]["Fn::If"][1]
    assert own["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert "DomainWithCertificate" in TEMPLATE["Rules"]


def test_logs_of_access_are_an_option_that_is_off() -> None:
    assert TEMPLATE["Parameters"]["AccessLogs"]["Default"] == "false"
    for name, bucket in resources(TEMPLATE, "AWS::S3::Bucket"):
        if name != "AccessLogBucket":
            assert bucket["Properties"]["LoggingConfiguration"]["Fn::If"][0] == "HasAccessLogs"
    assert RESOURCES["AccessLogBucket"]["Condition"] == "HasAccessLogs"


def test_what_costs_something_is_tagged() -> None:
    untagged = [
        name
        for name, each in RESOURCES.items()
        if each["Type"] in COSTLY
        and {"Key": "project", "Value": "rowshot"} not in each["Properties"].get("Tags", [])
    ]
    assert untagged == []
    assert TEMPLATE["Globals"]["Function"]["Tags"] == {"project": "rowshot"}


def _policy(text: str) -> dict[str, list[str]]:
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {name: values for name, *values in parts}


_REPORT = {
    "run_id": "0" * 16,
    "sheet": "catalog.csv",
    "status": "finished",
    "counts": {"rows": 0},
    "estimate_usd": "0",
    "spent_usd": "0",
    "possibly_billed_usd": "0",
    "started_at": "2026-01-01T00:00:00.000Z",
    "finished_at": "2026-01-01T00:00:01.000Z",
    "rows": [],
}
