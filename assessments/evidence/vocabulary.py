"""What commands and actions are for: testing, checking, building, installing, deploying. Only well-known names count;
what is not known here is not guessed."""

import re
from collections.abc import Iterable

from assessments.evidence.reading.shell import Command


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any(*patterns: str, whole: bool = False) -> re.Pattern:
    """What begins with one of the patterns, or is one of them as a whole."""
    return re.compile(f"^(?:{'|'.join(patterns)}){'$' if whole else ''}")


_TESTERS = _names(
    """
    pytest py.test tox nox unittest nose2 nosetests behave ctest jest vitest mocha ava karma jasmine cypress
    playwright rspec minitest phpunit pest gotestsum nextest ginkgo bats busted prove kuttl testem wtr tap c8 nyc
    cucumber cucumber-js testcafe detox newman trial stestr luacheck-test ward robot hspec cabal-test lit pabot
    ember-test green zope-testrunner
    """
)
#: Testers that also install browsers, record and merge reports.
_OF_MANY_USES = frozenset({"playwright", "cypress"})
#: Programs whose first words say what they do.
_TESTS = _any(
    r"go test",
    r"go tool gotestsum",
    r"cargo (\+\S+ )?(test|nextest|tarpaulin|llvm-cov|hack test|miri)",
    r"cross test",
    r"(npm|pnpm|yarn|bun) (-\S+ )*(run )?(-\S+ )*(test|t|tst)([:\s]|$)",
    r"(npm|pnpm|yarn|bun) (-\S+ )*run (-\S+ )*\S*\btests?\b",
    r"yarn (-\S+ )*\S*\btests?\b",
    r"(mvn|mvnw|mvnd) .*\b(test|verify|install|package|deploy|integration-test)\b(?!.*-DskipTests)",
    r"(gradle|gradlew) .*\b(\S*[tT]est\S*|check|build)\b",
    r"sbt .*\b\+?(\S+/)?(test\w*|ci-test)\b",
    r"mill .*test",
    r"bazel(isk)? (\S+ )*(test|coverage)\b",
    r"buck2? test",
    r"dotnet (test|vstest)",
    r"dotnet run .*[tT]est",
    r"(bundle )?rake( \S*(test|spec)\S*|$)",
    r"rails (test|spec)",
    r"mix (test|coveralls)",
    r"stack (\S+ )*test",
    r"cabal (\S+ )*test",
    r"(artisan|php artisan) test",
    r"composer (\S+ )*(run-script )?\S*test\S*",
    r"swift test",
    r"xcodebuild .*\btest\b",
    r"flutter test",
    r"dart (run )?test",
    r"deno test",
    r"bun test",
    r"zig build test",
    r"zig test",
    r"meson test",
    r"ninja (\S+ )*test\b",
    r"nimble test",
    r"crystal spec",
    r"R CMD check",
    r"Rscript .*(test|check)",
    r"julia .*(Pkg\.test|runtests|julia-runtest)",
    r"lein (\S+ )*test",
    r"clojure .*:test",
    r"clj .*:test",
    r"dune (runtest|test)",
    r"elm-test",
    r"turbo (\S+ )*test",
    r"nx .*\btest\b",
    r"lerna .*\btest\b",
    r"wireit test",
    r"just (\S+ )*\S*\btests?\b",
    r"task (\S+ )*\S*\btests?\b",
    r"make (\S+ )*\S*\b(tests?\b|check(?![-\w]))",
    r"(hatch|pdm|rye|poe|uv run|invoke|inv|doit|nox) (\S+ )*\S*\b(tests?|cov)\b",
    r"manage\.py test",
    r"python\S* (\S*/)?(manage\.py test|setup\.py test|-m (pytest|unittest|tox|nox|coverage run))",
    r"python\S* (\S*/)?(runtests\.py|\S*run_?tests?\S*\.py|\S*\btests?/\S*\.py)",
    r"promtool test",
    r"opa test",
    r"conftest (test|verify)",
    r"terraform test",
    r"tofu test",
    r"helm test",
    r"ct (lint-and-)?install",
    r"molecule test",
    r"terratest",
    r"forge test",
    r"truffle test",
    r"hardhat test",
    r"npx hardhat test",
    r"phpunit",
    r"k6 run",
    r"locust",
)
_SCRIPT_OF_TESTS = re.compile(
    r"(^|/)((run|ci)[-_]?)?(unit|integration|e2e|all|smoke)?[-_]?tests?([-_]\w+)?\.(sh|py|bash|ps1|js)$|"
    r"(^|/)run[-_]?tests?([-_]\w+)?$"
)

_CHECKERS = _names(
    """
    ruff flake8 pylint black isort mypy pyright pyre bandit pydocstyle pycodestyle pyflakes basedpyright ty zuban
    eslint prettier tsc biome stylelint oxlint xo standard tslint golangci-lint staticcheck gofmt goimports gofumpt
    revive clippy-driver rubocop standardrb sorbet srb brakeman reek phpcs phpstan psalm php-cs-fixer pint
    shellcheck shfmt hadolint yamllint actionlint zizmor markdownlint markdownlint-cli2 ktlint detekt checkstyle
    spotbugs scalafmt scalafix clang-format clang-tidy cppcheck cpplint swiftlint swiftformat credo dialyzer tflint
    ansible-lint pre-commit prek lefthook kube-linter kubeconform kubeval taplo typos codespell ament_lint vulture
    xmllint hlint ormolu fourmolu stylish-haskell buf spectral redocly vale commitlint cspell dprint treefmt
    luacheck stylua reuse sqlfluff djlint nixfmt alejandra statix deadnix lychee
    """
)
_CHECKS = _any(
    r"go vet",
    r"cargo (\+\S+ )?(clippy|fmt|deny)",
    r"rustfmt",
    r"(npm|pnpm|yarn|bun) (-\S+ )*(run )?(-\S+ )*\S*\b(lint|eslint|format|fmt|prettier|style)\b",
    r"(npm|pnpm|yarn|bun) (-\S+ )*(run )?(-\S+ )*\S*\b(typecheck|type-check|check-types|types|tsc)\b",
    r"(mvn|mvnw|mvnd) .*\b(checkstyle|spotless|spotbugs|pmd|ktlint|verify)\b",
    r"(gradle|gradlew) .*\b(check|lint\w*|spotless\w*|detekt|ktlint\w*|checkstyle\w*)\b",
    r"dotnet format",
    r"mix (format|credo|dialyzer)",
    r"terraform (fmt|validate)",
    r"tofu (fmt|validate)",
    r"terragrunt (hclfmt|validate)",
    r"helm lint",
    r"ct lint",
    r"packer (fmt|validate)",
    r"make (\S+ )*\S*\b(lint|fmt|format|vet|typecheck|style|verify)\b",
    r"just (\S+ )*\S*\b(lint|fmt|clippy)\b",
    r"task (\S+ )*\S*\b(lint|fmt)\b",
    r"(tox|nox) .*\b(lint|mypy|style|format|typing|flake8|pre-commit|qa)\b",
    r"dart (analyze|format)",
    r"flutter analyze",
    r"deno (lint|fmt|check)",
    r"swift format",
    r"zig fmt",
    r"promtool check",
    r"opa (check|fmt)",
    r"(hatch|pdm|rye|poe|uv run|invoke|inv) (\S+ )*\S*\b(lint|fmt|style|types?|check)\b",
    r"ansible-playbook .*--syntax-check",
    r"composer (\S+ )*(run-script )?\S*(lint|cs|stan|psalm)\S*",
    r"bundle exec rubocop",
    r"rake \S*(rubocop|lint)\S*",
    r"nix flake check",
    r"sbt .*(scalafmt|scalafix)",
)
_INSTALLS = _any(
    r"npm (ci|install|i)\b(?! (-g|--global))",
    r"pnpm (install|i)\b",
    r"yarn( install\b| --\S+|$)",
    r"bun (install|i)\b",
    r"pip3? install .*(-r|--requirement|-e|\.\[|\s\.(\s|$))",
    r"poetry install",
    r"pipenv (install|sync)",
    r"uv (sync|pip install|pip sync)",
    r"pdm (install|sync)",
    r"bundle install",
    r"composer (install|update)",
    r"(mvn|mvnw|gradle|gradlew|sbt)( |$)",
    r"cargo (\+\S+ )?(build|test|clippy|check|nextest)",
    r"go (build|test|mod download|vet)",
    r"dotnet (restore|build|test)",
    r"mix deps\.get",
    r"stack (build|test)",
    r"cabal (build|test)",
)
_BUILDS = _any(
    r"docker (buildx )?(build|bake)",
    r"podman build",
    r"buildah",
    r"kaniko",
    r"go build",
    r"cargo (\+\S+ )?build",
    r"(npm|pnpm|yarn|bun) (run )?\S*build",
    r"(mvn|mvnw|mvnd) .*\b(package|verify|install|compile|deploy)\b",
    r"(gradle|gradlew) .*\b(assemble|build|jar|bootJar|publish)\w*\b",
    r"dotnet (build|publish|pack)",
    r"cmake",
    r"ninja",
    r"make( |$)",
    r"bazel(isk)? (\S+ )*build",
    r"poetry build",
    r"uv build",
    r"hatch build",
    r"build( |$)",
    r"python\S* setup\.py",
    r"goreleaser",
    r"ko (build|publish)",
    r"pack build",
    r"packer build",
    r"swift build",
    r"xcodebuild",
    r"flutter build",
    r"sbt .*(compile|package|assembly)",
    r"mix (compile|release)",
    r"stack build",
    r"cabal build",
    r"zig build",
    r"meson",
    r"hugo",
    r"mkdocs build",
    r"jekyll build",
    r"sphinx-build",
    r"tsc",
    r"webpack",
    r"vite build",
)
_DEPLOYS = _any(
    r"kubectl (\S+ )*(apply|rollout|set image|replace)\b",
    r"oc (\S+ )*(apply|rollout)\b",
    r"helm (?!plugin )(\S+ )*(upgrade|install)\b",
    r"helmfile (\S+ )*(apply|sync)\b",
    r"kustomize .*apply",
    r"terraform (\S+ )*apply\b",
    r"tofu (\S+ )*apply\b",
    r"terragrunt (\S+ )*apply\b",
    r"pulumi (\S+ )*up\b",
    r"cdk (\S+ )*deploy\b",
    r"sam (\S+ )*deploy\b",
    r"serverless (\S+ )*deploy\b",
    r"sls (\S+ )*deploy\b",
    r"sst deploy",
    r"aws (\S+ )*(ecs update-service|lambda update-function-code|cloudformation deploy)\b",
    r"aws (\S+ )*(deploy create-deployment|elasticbeanstalk update-environment|s3 sync)\b",
    r"gcloud (\S+ )*(run deploy|app deploy|functions deploy)\b",
    r"az (\S+ )*(webapp deploy\w*|containerapp (up|update)|functionapp deploy\w*|deployment \S+ create)\b",
    r"flyctl deploy",
    r"fly deploy",
    r"vercel (\S+ )*(deploy|--prod)",
    r"netlify (\S+ )*deploy",
    r"firebase (\S+ )*deploy",
    r"wrangler (\S+ )*(deploy|publish)",
    r"railway up",
    r"heroku (\S+ )*(container:release|releases)",
    r"cap \S+ deploy",
    r"ansible-playbook .*deploy",
    r"kamal (\S+ )*deploy",
    r"nomad (\S+ )*job run",
    r"argocd (\S+ )*app (sync|set)",
    r"eb deploy",
    r"dokku",
    r"copilot (\S+ )*deploy",
    r"skaffold (run|deploy)",
    r"cf push",
    r"rsync .*@",
    r"gh-pages",
)
_DEPLOYERS = _names(
    """
    actions/deploy-pages azure/webapps-deploy azure/functions-action azure/k8s-deploy azure/aks-set-context
    azure/container-apps-deploy-action azure/static-web-apps-deploy azure/arm-deploy
    google-github-actions/deploy-cloudrun google-github-actions/deploy-appengine
    google-github-actions/deploy-cloud-functions aws-actions/amazon-ecs-deploy-task-definition
    aws-actions/aws-cloudformation-github-deploy aws-actions/aws-lambda-deploy superfly/flyctl-actions
    cloudflare/wrangler-action cloudflare/pages-action amondnet/vercel-action nwtgck/actions-netlify
    firebaseextended/action-hosting-deploy appleboy/ssh-action easingthemes/ssh-deploy akhileshns/heroku-deploy
    peaceiris/actions-gh-pages jamesives/github-pages-deploy-action deliverybot/helm
    bitovi/github-actions-deploy-docker-to-ec2
    """
)
#: Actions that check code as a linter would.
_CHECKING_ACTIONS = _any(
    r"golangci/golangci-lint-action",
    r"pre-commit/action",
    r"[\w.-]+/[\w.-]+/pre-commit",
    r"[\w.-]+/[\w.-]+(/[\w.-]+)*/(lint|validate)",
    r"pre-commit-ci/lite-action",
    r"super-linter/super-linter",
    r"github/super-linter",
    r"astral-sh/ruff-action",
    r"chartboost/ruff-action",
    r"psf/black",
    r"reviewdog/\S+",
    r"hadolint/hadolint-action",
    r"ludeeus/action-shellcheck",
    r"rhysd/actionlint",
    r"oxsecurity/megalinter\S*",
    r"dominikh/staticcheck-action",
    r"actions-rs/clippy-check",
    r"bufbuild/\S+",
    r"ibiqlik/action-yamllint",
    r"davidanson/markdownlint-cli2-action",
    r"crate-ci/typos",
    r"codespell-project/actions-codespell",
    r"embarkstudios/cargo-deny-action",
    r"biomejs/setup-biome",
    r"zizmorcore/zizmor-action",
    r"woodruffw/zizmor-action",
    r"trunk-io/trunk-action",
    r"j178/prek-action",
    r"isort/isort-action",
    r"jpetrucciani/mypy-check",
    r"wagoid/commitlint-github-action",
    r"azohra/shell-linter",
    r"terraform-linters/setup-tflint",
    r"raven-actions/actionlint",
    r"docker://rhysd/actionlint\S*",
    whole=True,
)
#: Actions that run tests.
_TESTING_ACTIONS = _any(
    r"cypress-io/github-action",
    r"julia-actions/julia-runtest",
    r"browser-actions/\S+",
    r"helm/chart-testing-action",
    r"r-lib/actions",
    r"ansible-community/ansible-test-gh-action",
    r"reactivecircus/android-emulator-runner",
    r"moodlehq/\S+",
    r"grafana/run-k6-action",
    r"grafana/k6-action",
    r"posit-dev/\S+",
    whole=True,
)


def _spoken(command: Command) -> str:
    return command.spoken[:400]


def tests(command: Command) -> bool:
    """Whether a command runs tests."""
    spoken = _spoken(command)
    if "--collect-only" in spoken or "--version" in spoken or "skipTests" in spoken or command.program == "echo":
        return False
    program = command.program
    if program in _TESTERS:
        return program not in _OF_MANY_USES or command.words[1:2] in (("test",), ("run",), ("ct",))
    if program in ("bash", "sh", "python", "python3", "node", "pwsh") and len(command.words) > 1:
        return bool(_SCRIPT_OF_TESTS.search(command.words[1]) or _TESTS.match(spoken))
    return bool(_TESTS.match(spoken) or ("/" in command.words[0] and _SCRIPT_OF_TESTS.search(command.words[0])))


def checks(command: Command) -> bool:
    """Whether a command formats, lints or type-checks."""
    spoken = _spoken(command)
    if "--version" in spoken or command.words[1:2] in (("cache",), ("version",), ("help",)):
        return False
    return command.program in _CHECKERS or bool(_CHECKS.match(spoken))


def installs(command: Command) -> bool:
    """Whether a command fetches the dependencies of the project, rather than some packages by name."""
    return bool(_INSTALLS.match(_spoken(command))) and not _by_name(command)


def _by_name(command: Command) -> bool:
    words = command.words[2:] if command.program == "npm" and command.words[1:2] in (("install",), ("i",)) else ()
    return any(
        not word.startswith("-") and before not in ("--prefix", "--workspace", "-w", "-C")
        for before, word in zip(("", *words), words, strict=False)
    )


def builds(command: Command) -> bool:
    return bool(_BUILDS.match(_spoken(command)))


def deploys(command: Command) -> bool:
    """Whether a command brings software to where it runs."""
    spoken = _spoken(command)
    return bool(_DEPLOYS.match(spoken)) and "--dry-run" not in spoken


def deploying(action: str) -> bool:
    return action in _DEPLOYERS


def checking(action: str) -> bool:
    return bool(_CHECKING_ACTIONS.match(action))


def testing(action: str) -> bool:
    return bool(_TESTING_ACTIONS.match(action))


def any_of(commands: Iterable[Command], kind) -> Command | None:
    """The first command of that kind."""
    return next((command for command in commands if kind(command)), None)
