# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes an API token can ask for, by family, and which scope covers which."""

from __future__ import annotations

from typing import Final


def _family(broad: str, resources: dict[str, str]) -> tuple[str, ...]:
    """Write out a family: its broad scopes, then `resource.*` and `resource.action`."""
    names = broad.split()
    names += [f"{resource}.*" for resource in resources]
    names += [f"{resource}.{action}" for resource, actions in resources.items() for action in actions.split()]
    return tuple(names)


APPLICATION: Final = _family(
    "all.Application all.Application.bounded all.Application.read all.Application.cli all.Device all.Device.read",
    {
        "application": (
            "applyTemplate archiveData backfillArchiveData clone debug delete deviceCounts export "
            "fullDataTablesArchive fullEventsArchive get import importLogs mqttPublishMessage "
            "mqttSubscriptionStream notebookMinuteCounts patch payloadCounts payloadCountsBreakdown search"
        ),
        "applicationApiToken": "delete get patch",
        "applicationApiTokens": "get post",
        "applicationCertificate": "delete get patch",
        "applicationCertificateAuthorities": "get post",
        "applicationCertificateAuthority": "delete get patch",
        "applicationCertificates": "get post",
        "applicationDashboard": "delete get patch sendReport",
        "applicationDashboards": "get post",
        "applicationJobLog": "get",
        "applicationJobLogs": "get",
        "applicationKey": "delete get patch",
        "applicationKeys": "get post",
        "credential": "delete get linkedResources patch",
        "credentials": "get post",
        "data": "export lastValueQuery timeSeriesQuery",
        "dataTable": "addColumn delete get patch removeColumn",
        "dataTableRow": "delete get patch",
        "dataTableRows": "delete export get post query truncate",
        "dataTables": "get post",
        "device": (
            "agentLogs commandStream debug delete export get getCommand getCompositeState getLogEntries "
            "getState patch payloadCounts payloadCountsBreakdown removeData sendCommand sendState "
            "setConnectionStatus stateStream"
        ),
        "deviceAttribute": "delete get patch",
        "deviceAttributes": "get post",
        "deviceRecipe": "bulkCreate delete get patch",
        "deviceRecipes": "get post",
        "devices": (
            "attributeNames delete deviceNames export get getCompositeState historicalImport patch "
            "payloadCounts post removeData restore sendCommand tagKeys tagValues"
        ),
        "edgeDeployment": "get",
        "edgeDeployments": "get release remove replace",
        "embeddedDeployment": "get",
        "embeddedDeployments": "export get release remove replace",
        "event": "delete get patch",
        "events": "delete detailedSummary export get mostRecentBySeverity patch post",
        "experience": "bootstrap delete",
        "experienceDomain": "delete get patch",
        "experienceDomains": "get post",
        "experienceEndpoint": "delete get linkedResources patch",
        "experienceEndpoints": "get post stats",
        "experienceGroup": "delete get patch",
        "experienceGroups": "detailedSummary get post",
        "experienceSlug": "delete get patch",
        "experienceSlugs": "get post",
        "experienceUser": "delete get patch",
        "experienceUsers": "detailedSummary get post",
        "experienceVersion": "delete get patch",
        "experienceVersions": "get post",
        "experienceView": "debug delete get linkedResources patch",
        "experienceViews": "debug detailedSummary get post",
        "file": "delete get move patch upload",
        "files": "get post",
        "flow": (
            "clearStorageEntries debug delete errors get getStorageEntries getStorageEntriesMetadata log "
            "patch pressVirtualButton setStorageEntry stats suggestFunction"
        ),
        "flowVersion": "debug delete errors get log patch stats",
        "flowVersions": "delete get post",
        "flows": "get getByVersion import palette post",
        "integration": "delete get patch",
        "integrations": "get post",
        "notebook": "delete execute get logs notebookMinuteCounts patch requestInputDataExport upload",
        "notebooks": "get post",
        "privateFile": "delete get move patch upload",
        "privateFiles": "get post",
        "resourceJob": "cancelExecution delete execute get logs patch",
        "resourceJobs": "get post",
        "webhook": "delete get patch",
        "webhooks": "get post",
    },
)

ORGANIZATION: Final = _family(
    "all.Organization all.Organization.bounded all.Organization.read "
    "only.Organization only.Organization.bounded only.Organization.read",
    {
        "applications": "detailedSummary get import periodSummaries post",
        "auditLog": "get",
        "auditLogs": "get",
        "dashboard": "delete patch sendReport suggestCode",
        "dashboards": "get post",
        "org": (
            "currentCard delete deviceCounts get inviteMember invoices modifyMember notebookMinuteCounts "
            "patch payloadCounts payloadCountsBreakdown pendingInvites removeMember revokeInvite "
            "transferResources"
        ),
    },
)

INSTANCE: Final = _family(
    "all.Instance all.Instance.bounded all.Instance.read",
    {
        "instance": (
            "deviceCounts entitlements generateReport get historicalSummaries notebookMinuteCounts patch payloadCounts "
            "payloadCountsBreakdown"
        ),
        "instanceApiToken": "delete get patch",
        "instanceApiTokens": "get post",
        "instanceAuditLog": "get",
        "instanceAuditLogs": "get",
        "instanceCustomNode": "delete errors get patch stats",
        "instanceCustomNodes": "get post",
        "instanceMember": "delete get patch",
        "instanceMembers": "get post",
        "instanceNotificationRule": "delete evaluate get logs patch",
        "instanceNotificationRules": "get post",
        "instanceOrg": (
            "convertToEnterprise delete deviceCounts entitlement entitlementSync get notebookMinuteCounts patch "
            "payloadCounts payloadCountsBreakdown"
        ),
        "instanceOrgInvite": "delete get resendInvite",
        "instanceOrgInvites": "get post",
        "instanceOrgMember": "delete get patch",
        "instanceOrgMembers": "get post",
        "instanceOrgs": "get post",
        "instanceSandbox": (
            "delete deviceCounts get notebookMinuteCounts payloadCounts payloadCountsBreakdown undelete"
        ),
        "instanceSandboxes": "get",
    },
)

USER: Final = _family(
    "all.User all.User.bounded all.User.read all.User.cli only.User only.User.bounded only.User.read",
    {
        "applicationTemplate": "get",
        "applicationTemplates": "get getCategories getUniqueKeywords",
        "instances": "get",
        "me": (
            "addRecentItem changePassword connectGithub delete deviceCounts disableTwoFactorAuth "
            "disconnectGithub enableTwoFactorAuth entitlements fetchRecentItems generateTwoFactorAuth get invite invites "
            "notebookMinuteCounts patch payloadCounts payloadCountsBreakdown refreshToken respondToInvite "
            "transferResources verifyEmail"
        ),
        "orgs": "get post",
        "userApiToken": "delete get patch",
        "userApiTokens": "get post",
        "userOauthClient": "delete get patch",
        "userOauthClients": "get post",
        "userOauthToken": "delete get patch",
        "userOauthTokens": "get post",
    },
)

# What a device's own token can do.
DEVICE_SCOPES: Final = (
    "all.Device",
    "all.Device.read",
    "data.export",
    "data.timeSeriesQuery",
    "data.lastValueQuery",
    "device.commandStream",
    "device.get",
    "device.getCompositeState",
    "device.getState",
    "device.stateStream",
    "device.getLogEntries",
    "device.getCommand",
    "device.debug",
    "device.sendState",
    "device.sendCommand",
    "device.setConnectionStatus",
    "devices.get",
    "devices.getCompositeState",
    "devices.sendCommand",
)

# The families share no name, so that a name has one family.
FAMILIES: Final = {"application": APPLICATION, "organization": ORGANIZATION, "instance": INSTANCE, "user": USER}

# What all.Application.bounded lacks of all.Application.
_TOKEN_MANAGEMENT: Final = frozenset(
    {"applicationApiTokens.post", "applicationApiToken.patch", "applicationApiToken.delete"}
)


def _covered_by(scope: str) -> frozenset[str]:
    """The application scopes that a holder of `scope` has; read scopes are taken by the names of their actions."""
    if scope in {"all.Application", "all.Organization", "all.User"}:
        return frozenset(APPLICATION)
    if scope in {"all.Application.bounded", "all.Organization.bounded", "all.User.bounded"}:
        excluded = _TOKEN_MANAGEMENT | {"all.Application", "applicationApiTokens.*", "applicationApiToken.*"}
        return frozenset(APPLICATION) - excluded
    if scope in {"all.Application.read", "all.Organization.read", "all.User.read"}:
        return frozenset(name for name in APPLICATION if name.endswith((".get", ".read")))
    if scope.endswith(".*"):
        return frozenset(name for name in APPLICATION if name.startswith(scope[:-1]))
    return frozenset({scope})


def missing_scopes(held: list[str], wanted: list[str]) -> list[str]:
    """The scopes of `wanted` that a holder of `held` does not have."""
    have = frozenset(held).union(*(_covered_by(scope) for scope in held))
    return [scope for scope in wanted if scope not in have]
