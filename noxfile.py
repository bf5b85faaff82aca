# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks and tests of the collection. ``make test`` runs them all and counts; ``nox --list`` names them.

The main ansible-core is the newest one for the Python that runs nox; see tests/tools/cores.py. Sessions for other
cores have the core's version in their name.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import antsibull_nox
import nox

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / "tests" / "tools"
CACHE = ROOT / ".cache"
RESULTS = CACHE / "results"
# The tools get a home of their own: what they write stays in the cache, and what the user set up doesn't disturb them.
HOME = CACHE / "home"
SANDBOX = "--requirement=tests/sandbox/requirements.txt"
UNIT = "--requirement=tests/unit/requirements.txt"
INTEGRATION = "--requirement=tests/integration/requirements.txt"

sys.path.insert(0, str(TOOLS))
import guards  # noqa: E402
from cores import Core, make_plan, real_path  # noqa: E402
from link_collection import link_collection, path_without_spaces  # noqa: E402

PLAN = make_plan()
#: The unit tests of the code that imports Ansible: all of plugins/ but most of module_utils.
WITH_ANSIBLE = [
    *(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/unit/plugins/[!_m]*/")),
    "tests/unit/plugins/modules",
    "tests/unit/plugins/module_utils/_module",
]
#: The playbooks that show what Ansible itself does, which differs most between the oldest core and the newest.
SHOWN_BY_ANSIBLE = [
    f"tests/playbooks/{name}"
    for name in (
        "exposure",
        "test_applications.py",
        "test_devices.py",
        "test_many_tokens.py",
        "test_masking.py",
        "test_remote_hosts.py",
        "test_run_on_host.py",
    )
]

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.envdir = str(path_without_spaces(CACHE) / f"nox-{sys.version_info.major}.{sys.version_info.minor}")
nox.options.reuse_venv = "yes"


def pip_settings() -> dict[str, str]:
    """Return the user's settings of pip, from its files and the environment, by name ("index-url")."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    settings = {}
    for line in listing.stdout.splitlines():
        name, value = line.split("=", 1)
        settings[name.rsplit(".", 1)[-1]] = value.strip("'\"").replace("\\n", "\n    ")
    if "SSL_CERT_FILE" in os.environ:
        settings.setdefault("cert", os.environ["SSL_CERT_FILE"])
    return settings


PIP_SETTINGS = pip_settings()


def prepare_environment() -> None:
    """Set what all sessions share."""
    for name in [name for name in os.environ if name.startswith("LOSANT_")]:
        del os.environ[name]  # no test may reach a real account
    os.environ["PATH"] = real_path()
    os.environ["HOME"] = str(HOME)
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ["ANSIBLE_HOME"] = str(CACHE / "ansible")
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(CACHE / "hypothesis")
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(link_collection())
    # uv doesn't read pip's configuration.
    os.environ.setdefault("UV_CACHE_DIR", str(CACHE / "uv"))
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    if "cert" in PIP_SETTINGS:
        os.environ.setdefault("SSL_CERT_FILE", PIP_SETTINGS["cert"])
    if "index-url" in PIP_SETTINGS:
        os.environ.setdefault("UV_DEFAULT_INDEX", PIP_SETTINGS["index-url"])
    # git, and what starts it, may look at a checkout that belongs to another user, as it does in a container.
    os.environ.update(GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")


prepare_environment()
antsibull_nox.load_antsibull_nox_toml()


def install(session: nox.Session, *packages: str) -> None:
    """Install packages, those that judge the code at the version that constraints.txt names."""
    session.install(*packages, "--constraint", str(TOOLS / "constraints.txt"))


def check(session: nox.Session, problem: str | None) -> None:
    """End the session if a guard found something."""
    if problem:
        session.error(problem)


def run_and_read(session: nox.Session, *command: str) -> str:
    """Run a command, show what it prints, and return that."""
    log = CACHE / "log" / f"{session.name}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as stream:
        try:
            session.run(*command, stdout=stream, stderr=subprocess.STDOUT)
        finally:
            print(log.read_text(encoding="utf-8"))
    return log.read_text(encoding="utf-8")


def results(session: nox.Session) -> Path:
    """Return the session's directory for results, new and empty."""
    directory = RESULTS / session.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def copy_collection(session: nox.Session) -> Path:
    """Copy what git knows or would add to a real ``ansible_collections/losant/platform``, which ansible-test insists on.

    The copy is a repository of its own: ansible-test would ask git, and find that the outer one ignores it all.
    """
    place = CACHE / "copies" / session.name
    shutil.rmtree(place, ignore_errors=True)
    copy = place / "ansible_collections" / "losant" / "platform"
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    return copy


def prepare_ansible_test(core: Core) -> None:
    """Give ansible-test what it would download, and pip's settings in a file: it hands on only HOME and PATH."""
    pip_conf = HOME / ".config" / "pip" / "pip.conf"
    pip_conf.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} = {value}" for name, value in {**PIP_SETTINGS, "quiet": "1"}.items()]
    pip_conf.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
    get_pip = HOME / ".ansible" / "test" / "cache" / f"get_pip_{core.pip.replace('.', '_')}.py"
    get_pip.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(TOOLS / "get_pip.py", get_pip)


@nox.session
def ruff(session: nox.Session) -> None:
    """Check the code and its format with ruff."""
    install(session, "ruff")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def words(session: nox.Session) -> None:
    """Keep misspellings, and the words that tests/tools/words.txt replaces, out of all files."""
    install(session, "codespell")
    session.run("python", "tests/tools/words.py")


@nox.session
def mypy(session: nox.Session) -> None:
    """Check the types."""
    tools = ("mypy", "types-requests", "types-PyYAML", "nox", "antsibull-nox")
    install(session, *tools, PLAN.main.requirement, UNIT, SANDBOX)
    platform = Path("ansible_collections", "losant", "platform")
    with session.chdir(link_collection()):
        parts = [str(platform / part) for part in ("plugins", "tests", "examples", "noxfile.py")]
        session.run("mypy", f"--config-file={platform / 'mypy.ini'}", *parts)


@nox.session(name="ansible-lint")
def ansible_lint(session: nox.Session) -> None:
    """Run ansible-lint's profile "production" over the repository."""
    install(session, "ansible-lint", PLAN.main.requirement, "requests")
    log = run_and_read(session, "ansible-lint", "--nocolor")
    check(session, guards.lint_did_nothing(log))


@nox.session
def importer(session: nox.Session) -> None:
    """Build the package and let galaxy-importer, which Galaxy uses, judge it."""
    install(session, "galaxy-importer", "ansible-lint", PLAN.main.requirement)
    copy = copy_collection(session)
    session.run("ansible-galaxy", "collection", "build", "--output-path", str(copy.parent), str(copy))
    [package] = copy.parent.glob("*.tar.gz")
    with tarfile.open(package) as tar:
        check(session, guards.packed_wrongly(tar.getnames()))
    with session.chdir(copy.parent):
        log = run_and_read(session, "python", "-m", "galaxy_importer.main", package.name)
    check(session, guards.importer_complained(log))


@nox.session(name="docs-lint")
def docs_lint(session: nox.Session) -> None:
    """Check the documentation of plugins and roles, the guides, and all references in them."""
    install(session, "antsibull-docs", PLAN.main.requirement)
    listing = session.run("ansible-doc", "--list", "--json", "losant.platform", silent=True, stderr=subprocess.DEVNULL)
    if not json.loads(str(listing)):
        session.error("ansible-doc lists no module of the collection")
    options = ("--plugin-docs", "--validate-collection-refs=all", "--check-extra-docs-refs")
    session.run("antsibull-docs", "lint-collection-docs", *options, ".")


@nox.session(name="docs-site")
def docs_site(session: nox.Session) -> None:
    """Build the documentation site."""
    site = CACHE / "docs"
    shutil.rmtree(site, ignore_errors=True)
    (site / "rst").mkdir(parents=True)
    (site / "rst").chmod(0o700)  # antsibull-docs insists
    install(session, "antsibull-docs", "sphinx", "sphinx-ansible-theme", "ansible-pygments", PLAN.main.requirement)
    common = ("--use-current", "--squash-hierarchy", "--fail-on-error", "losant.platform")
    session.run("antsibull-docs", "sphinx-init", f"--dest-dir={site}", *common)
    with session.chdir(site):
        config = "--config-file=antsibull-docs.cfg"
        session.run("antsibull-docs", config, "collection", "--cleanup=everything", "--dest-dir=rst", *common)
    for image in (ROOT / "docs" / "docsite" / "rst").glob("*.svg"):  # antsibull-docs copies only pages
        shutil.copy(image, site / "rst" / "docsite")
    with session.chdir(site):
        # Warnings don't fail the build: without the internet, what refers to Ansible's own documentation stays unresolved.
        session.run("sphinx-build", "-M", "html", "rst", "build", "-c", ".", "--quiet")
    session.log(f"The documentation begins at {site / 'build' / 'html' / 'index.html'}")


def run_sanity(session: nox.Session, core: Core, *options: str) -> None:
    """Run ansible-test's sanity tests, without an ignore file."""
    check(session, guards.sanity_ignores(ROOT / "tests"))
    install(session, core.requirement)
    copy = copy_collection(session)
    prepare_ansible_test(core)
    with session.chdir(copy):
        try:
            left_out = [f"--skip-test={test}" for test in core.no_sanity]
            session.run("ansible-test", "sanity", "--local", "--junit", "--color=no", *left_out, *options)
        finally:
            junit = results(session)
            with contextlib.suppress(FileNotFoundError):
                shutil.copytree(copy / "tests" / "output" / "junit", junit, dirs_exist_ok=True)
    check(session, guards.sanity_did_nothing(junit, core.no_sanity))


def run_unit(session: nox.Session, core: Core, *options: str) -> None:
    """Run the unit tests with pytest."""
    install(session, core.requirement, UNIT, SANDBOX)
    directory = results(session)
    # The tests differ in length by a factor of a thousand, so a process that is done takes some from another one.
    parallel = ("--numprocesses=auto", "--dist=worksteal")
    session.run("pytest", *parallel, f"--junit-xml={directory / 'junit.xml'}", *options, *session.posargs)
    check(session, guards.no_tests(directory))


def run_integration(session: nox.Session, core: Core) -> None:
    """Run the integration tests, with real playbooks against the sandbox."""
    install(session, core.requirement, INTEGRATION, SANDBOX)
    copy = copy_collection(session)
    prepare_ansible_test(core)
    directory = results(session)
    command = ("ansible-test", "integration", *session.posargs)
    with session.chdir(copy):
        wanted = str(session.run(*command, "--list-targets", silent=True, stderr=subprocess.DEVNULL)).split()
        try:
            session.run(*command, "--local", "--continue-on-error", "--color=no")
        finally:
            passed: list[str] = []
            for file in copy.glob("tests/output/data/integration-*.json"):
                passed += json.loads(file.read_text(encoding="utf-8"))["targets"]
            outcome = {"passed": passed, "failed": sorted(set(wanted) - set(passed))}
            (directory / "targets.json").write_text(json.dumps(outcome), encoding="utf-8")
    check(session, guards.no_tests(directory))


@nox.session
def sanity(session: nox.Session) -> None:
    """Run ansible-test's sanity tests on the main core."""
    run_sanity(session, PLAN.main)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the unit tests on the main core."""
    run_unit(session, PLAN.main)


@nox.session
def soak(session: nox.Session) -> None:
    """Play ten thousand random histories and the whole matrix of faults, and record the results."""
    report = RESULTS / "faults.md"
    session.env.update(
        LOSANT_FAULTS="all",
        LOSANT_SOAK_EXAMPLES="10000",
        LOSANT_SOAK_SHARDS="12",
        LOSANT_FAULTS_REPORT=str(report),
        LOSANT_FAULTS_RECORD="1",
    )
    run_unit(session, PLAN.main, "tests/histories")
    # What test_report.py compares is what this run is about to write.
    # Cells with slow responses wait most of their time, so more of them run than the machine has cores.
    options = ("--numprocesses=6", "--ignore=tests/faults/test_report.py")
    run_unit(session, PLAN.main, *options, "tests/faults")
    session.log(f"The table of faults and outcomes is {report}")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure playbooks against the sandbox, and write the page about speed."""
    install(session, PLAN.main.requirement, "requests", SANDBOX)
    session.env["PYTHONPATH"] = "tests/sandbox"
    session.run("python", "tests/benchmarks/bench.py", *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """Run the integration tests on the main core."""
    run_integration(session, PLAN.main)


def add_sessions(core: Core, python: str) -> None:
    """Add the tests on another core."""

    # What does not depend on the core was tested on the main one: other Pythons, the sandbox, faults and histories.
    @nox.session(name=f"sanity-{core.name}", python=python)
    def other_sanity(session: nox.Session) -> None:
        version = session.run("python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])", silent=True)
        run_sanity(session, core, f"--python={str(version).strip()}")

    @nox.session(name=f"unit-{core.name}", python=python)
    def other_unit(session: nox.Session) -> None:
        run_unit(session, core, *WITH_ANSIBLE, *(SHOWN_BY_ANSIBLE if (core, python) == PLAN.others[-1] else ()))

    @nox.session(name=f"integration-{core.name}", python=python)
    def other_integration(session: nox.Session) -> None:
        run_integration(session, core)


for other_core, other_python in PLAN.others:
    add_sessions(other_core, other_python)

# What `make test` runs, the quick checks first.
nox.options.sessions = [
    "ruff",
    "words",
    "mypy",
    "yamllint",
    "license-check",
    "extra-checks",
    "ansible-lint",
    "docs-lint",
    "importer",
]
for suffix in ["", *(f"-{other_core.name}" for other_core, _python in PLAN.others)]:
    nox.options.sessions += [f"unit{suffix}", f"sanity{suffix}"]
# Whole playbooks take long, and what differs between cores shows between the oldest and the newest.
nox.options.sessions += ["integration", *(f"integration-{other_core.name}" for other_core, _python in PLAN.others[-1:])]
