"""How the bundles that ship are made, and a small one to see the way."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from . import fit, method, programs
from .bundle import Description
from .choices import Choices
from .errors import InputError
from .fitting import Schedule
from .samples import Source
from .workspace import write_whole

DEMONSTRATION = "demonstration, not for diagnosis"
# Where no GPU is at hand: two cores shall be done in little more than an hour. Twenty epochs end
# before the published patience does, so all are trained.
BLOOD_SCHEDULE = Schedule(epochs=20, halve_after=3)
# What ships is trained once and longer.
BLOOD_MEMBER_SCHEDULE = Schedule(epochs=30, halve_after=4)
POWDERS_SCHEDULE = Schedule(epochs=30, patience=8, halve_after=4)
TRIAL_SCHEDULE = Schedule(epochs=10, patience=5, halve_after=3)


@dataclass(frozen=True)
class Donors:
    """Synthetic donors: what `spectrasim synthesize blood` is told."""

    seed: int
    donors: int
    scans: int
    # Every seed names its donors alike; a sample of one name is one sample to the workshop.
    prefix: str = ""

    def recording(self, spectrasim, folder):
        """The recording of these donors, made if it is not there."""
        name = f"{self.prefix.strip()}donors-{self.seed}-{self.donors}x{self.scans}"
        path = Path(folder) / f"{name}.scans.ndjson"
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = path.with_name(f"{name}.plain.scans.ndjson")
        command = [str(spectrasim), "synthesize", "blood", "--seed", str(self.seed)]
        command += ["--donors", str(self.donors), "--scans", str(self.scans), "-o", str(plain)]
        result = programs.run("spectrasim", command)
        if result.returncode != 0:
            raise InputError(result.stderr.strip())
        text = plain.read_text(encoding="utf-8")
        write_whole(path, text.replace('"sample":"', f'"sample":"{self.prefix}').encode())
        plain.unlink()
        return path

    def described(self):
        """The donors in words."""
        return f"seed {self.seed}, {self.donors} donors of {self.scans} scans"


BLOOD_TRAINING = Donors(seed=20261, donors=1000, scans=12)
BLOOD_UNSEEN = Donors(seed=20262, donors=600, scans=12, prefix="unseen ")
TRIAL_TRAINING = Donors(seed=11, donors=240, scans=6)
TRIAL_UNSEEN = Donors(seed=12, donors=120, scans=6, prefix="unseen ")


def make(chosen, jobs, progress):
    """Makes the bundle that the command line names."""
    recipe = {"blood-synthetic": _blood_synthetic, "powders": _powders, "trial": _trial}
    source, steps, choices, description, unseen = recipe[chosen.bundle](chosen, jobs)
    choices = replace(
        choices,
        seed=chosen.seed,
        folds=chosen.folds if chosen.folds is not None else choices.folds,
        permutations=chosen.permutations,
    )
    work = chosen.work or Path("training/output") / chosen.bundle
    ships = chosen.bundle != "trial"
    places = fit.Places(
        spectractl=chosen.spectractl,
        work=work,
        output=chosen.output or (Path("bundles") / chosen.bundle if ships else work / "trial"),
        report=chosen.report
        or (Path("docs/bundles") / chosen.bundle if ships else work / "report"),
        unseen=unseen,
        fresh=chosen.fresh,
        replaces=True,
    )
    fit.make_bundle(fit.begun(source, steps, choices, places, jobs, progress), description)


def _blood_synthetic(chosen, jobs):
    folder = Path("training/output/recordings")
    training, unseen = BLOOD_TRAINING, BLOOD_UNSEEN
    description = Description(
        name="blood-synthetic",
        version="1.1.0",
        description="Low, ok or high of three blood values, learned from synthetic donors only.",
        intended_use=DEMONSTRATION,
        data=f"synthetic: spectrasim synthesize blood, {training.described()}; "
        f"unseen donors: {unseen.described()}",
    )
    return (
        Source((training.recording(chosen.spectrasim, folder),)),
        method.blood(),
        _choices(jobs, BLOOD_SCHEDULE, BLOOD_MEMBER_SCHEDULE),
        description,
        (unseen.recording(chosen.spectrasim, folder),),
    )


def _powders(chosen, jobs):
    folder = chosen.folder
    if folder is None:
        raise InputError("make powders needs --folder, the folder with the folders group01 to 20")
    description = Description(
        name="powders",
        version="1.0.0",
        description="Which of 11 pharmaceutical powders a scan shows.",
        intended_use="demonstration on real scans, not for the release of any material",
        data="1,100 NIRscan Nano scans of 11 powders by 20 laboratory groups, 5 of each "
        "(MIT licence); a sample is one group's powder, folds keep groups whole",
    )
    source = Source(
        (folder,),
        classes_from={"powder": r".*/(.+)"},
        group=r"^(.*)/",
    )
    return (
        source,
        method.plain(),
        _choices(jobs, POWDERS_SCHEDULE, POWDERS_SCHEDULE),
        description,
        (),
    )


def _trial(chosen, jobs):
    folder = Path("training/output/recordings")
    description = Description(
        name="trial",
        version="0.1.0",
        description="A small bundle to see the way from recordings to predictions.",
        intended_use=DEMONSTRATION,
        data=f"synthetic: spectrasim synthesize blood, {TRIAL_TRAINING.described()}",
    )
    choices = Choices(
        width=Fraction(1, 8),
        fold_width=Fraction(1, 8),
        folds=3,
        schedule=TRIAL_SCHEDULE,
        member_schedule=TRIAL_SCHEDULE,
    )
    return (
        Source((TRIAL_TRAINING.recording(chosen.spectrasim, folder),)),
        method.blood(),
        choices,
        description,
        (TRIAL_UNSEEN.recording(chosen.spectrasim, folder),),
    )


def _choices(jobs, schedule_on_cpu, member_schedule_on_cpu):
    """Full width and the published schedule where there is a GPU, else a quarter and less."""
    if jobs.on_gpu:
        return Choices(width=Fraction(1))
    return Choices(schedule=schedule_on_cpu, member_schedule=member_schedule_on_cpu)
