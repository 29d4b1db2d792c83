"""Services proposed from what a survey saw."""

import pytest

from go_release_gate.pipeline.choices import Choices
from go_release_gate.pipeline.proposal import default_ref, login_of, propose
from go_release_gate.pipeline.services import services_of, unwritable
from go_release_gate.pipeline.survey import BuildFile, KnownService, Main, NamedImage, Survey

MAIN = Main("cmd/api", ".", "github.com/acme/shop/cmd/api")


def survey(*files: BuildFile, **more: object) -> Survey:
    """A repository acme/shop with these Dockerfiles."""
    known = {"repository": "acme/shop", "modules": {".": "github.com/acme/shop"}, "mains": (MAIN,), **more}
    return Survey(build_files=files, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (BuildFile("Dockerfile", ".", ("cmd/api",)), "api"),
        (BuildFile("Dockerfile", ".", ("cmd/server",)), "shop"),
        (BuildFile("Dockerfile", ".", (".",)), "shop"),
        (BuildFile("services/pay/Dockerfile", ".", ("services/pay/cmd/server",)), "pay"),
        (BuildFile("worker.Dockerfile", ".", ("a", "b")), "worker"),
        (BuildFile("Dockerfile.worker", ".", ("a", "b")), "worker"),
        (BuildFile("build/Dockerfile", ".", ("cmd/My_Service!",)), "my_service"),
    ],
)
def test_a_service_is_called_after_what_says_something(file: BuildFile, name: str) -> None:
    """Words that every repository has (server, cmd, main) say nothing."""
    assert [one.name for one in services_of(survey(file), Choices())] == [name]


def test_two_of_one_name_are_told_apart() -> None:
    """By their directories."""
    files = (BuildFile("a/api/Dockerfile", "a/api", ("a/api",)), BuildFile("b/api/Dockerfile", "b/api", ("b/api",)))
    assert [one.name for one in services_of(survey(*files), Choices())] == ["a-api", "b-api"]


def test_the_dockerfile_that_is_pushed_counts() -> None:
    """Before one that is built, one of the plain name, one with a short path."""
    pushed = BuildFile("build/Dockerfile.alpine", ".", ("cmd/api",), images=("quay.io/acme/api",), is_built=True)
    plain = BuildFile("Dockerfile", ".", ("cmd/api",))
    (one,) = services_of(survey(plain, pushed), Choices())
    assert (one.dockerfile, one.aside, one.image) == ("build/Dockerfile.alpine", ("Dockerfile",), "quay.io/acme/api")


def test_windows_is_no_service() -> None:
    """No runner of the pipeline builds its images."""
    assert services_of(survey(BuildFile("Dockerfile.windows", ".", ("cmd/api",))), Choices()) == ()


def test_images_lie_beside_each_other() -> None:
    """A program that nothing names goes where the others are."""
    files = (BuildFile("api/Dockerfile", "api", ("api",)), BuildFile("cli/Dockerfile", "cli", ("cli",)))
    mains = (Main("api", ".", "m/api"), Main("cli", ".", "m/cli"))
    seen = survey(*files, mains=mains, manifests=(NamedImage("k.yaml", "kubernetes", "quay.io/acme/api"),))
    assert [one.image for one in services_of(seen, Choices())] == ["quay.io/acme/api", "quay.io/acme/cli"]


def test_a_name_that_nobody_knows_is_a_question() -> None:
    """Without a repository on GitHub there is no registry to propose."""
    proposal = propose(survey(BuildFile("Dockerfile", ".", ("cmd/api",)), repository=""), Choices(), "1.0.0")
    assert [one.option for one in proposal.questions] == ["--image api=REGISTRY/REPOSITORY"]


def test_the_configuration_counts() -> None:
    """Its services keep their names, images, tags and platforms; the Dockerfile is found; what it lacks is said."""
    files = (BuildFile("Dockerfile", ".", ("cmd/api",)), BuildFile("new/Dockerfile", "new", ("new",)))
    known = KnownService("api", "quay.io/acme/x", ".", ("linux/s390x",), ("release-*",))
    proposal = propose(survey(*files, services=(known,)), Choices(), "1.0.0")
    (one,) = proposal.services
    assert (one.image, one.dockerfile, one.tag_filter) == ("quay.io/acme/x", "Dockerfile", "release-*")
    assert one.platforms == ("linux/s390x",)
    assert "new/Dockerfile builds a program that `services` of the configuration lacks" in proposal.notes
    option = "--service api --service new=new/Dockerfile"
    assert f"to release these, too: go-release-gate init {option}" in proposal.notes


@pytest.mark.parametrize(
    ("image", "login"),
    [
        ("ghcr.io/acme/shop", "ghcr"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop", "aws"),
        ("public.ecr.aws/acme/shop", "aws"),
        ("europe-docker.pkg.dev/acme/shop/api", "google"),
        ("eu.gcr.io/acme/shop", "google"),
        ("acme.azurecr.io/shop", "azure"),
        ("docker.io/acme/shop", "credentials"),
        ("ghcr.io.example.com/shop", "credentials"),
        ("evil-gcr.io/shop", "credentials"),
    ],
)
def test_the_registry_says_how_one_logs_in(image: str, login: str) -> None:
    """By its whole host; a name that only looks like one gets a stored login."""
    assert login_of(image) == login


@pytest.mark.parametrize(("version", "ref"), [("1.4.2", "v1.4.2"), ("0.1.0", "v1"), ("2.0.0.dev1", "v1")])
def test_the_running_version_is_pinned(version: str, ref: str) -> None:
    """What was never released cannot be."""
    assert default_ref(version) == ref


def test_tags_in_use() -> None:
    """Plain tags go on where they can mean one module alone; of several each has its own."""
    modules = {".": "github.com/acme/shop", "api": "github.com/acme/shop/api", "job": "github.com/acme/shop/job"}
    mains = (Main("api", "api", "github.com/acme/shop/api"), Main("job", "job", "github.com/acme/shop/job"))
    one, other = BuildFile("api/Dockerfile", "api", ("api",)), BuildFile("job/Dockerfile", "job", ("job",))
    known: dict[str, object] = {"modules": modules, "mains": mains, "tags": ("v1.0.0", "v1.1.0")}

    assert [each.tag_filter for each in services_of(survey(one, **known), Choices())] == ["v*"]
    assert [each.tag_filter for each in services_of(survey(one, other, **known), Choices())] == ["api/v*", "job/v*"]


def test_a_module_that_no_tag_can_name() -> None:
    """Git takes no space in a tag, so nothing could ever release the program."""
    main = Main("my job", "my job", "github.com/acme/shop/job")
    file = BuildFile("my job/Dockerfile", "my job", ("my job",))
    lame = survey(file, modules={"my job": main.path}, mains=(main,))

    assert services_of(lame, Choices()) == ()
    assert unwritable(lame) == ("my job/Dockerfile",)


def test_a_tag_that_overrides_the_charts() -> None:
    """Where an environment's values set the tag alone, nothing that could be changed elsewhere is deployed there."""
    chart = NamedImage("chart/values.yaml", "helm", "ghcr.io/acme/shop")
    own = NamedImage("chart/values-staging.yaml", "helm", "ghcr.io/acme/shop")
    seen = survey(
        BuildFile("Dockerfile", ".", ("cmd/server",)),
        manifests=(chart, own),
        overrides=("chart/values-production.yaml", "deploy/staging.yaml"),
    )

    staging, production = propose(seen, Choices(), "1.0.0").environments

    assert (staging.kind, staging.files) == ("gitops", ("chart/values-staging.yaml",))
    assert (production.kind, production.files) == ("none", ())
    assert "chart/values-production.yaml" in production.why
