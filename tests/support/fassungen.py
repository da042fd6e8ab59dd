"""What changes from Fassung to Fassung of the PPP-RL, for the reference in oracle.py: one entry of FASSUNGEN per text, beside each fact its place.

Written from the norm and its public sources, not from the rule files. None is a fact no source gives; a word of EVIDENCE says how well a fact is known."""
import dataclasses
import datetime
from fractions import Fraction

EVIDENCE = ["bestätigt", "sekundär", "erschlossen", "ungeklärt"]  # from the best to the weakest
CONFIRMED, SECONDARY, INFERRED, OPEN = range(4)

# Anlage 1 Nr. 1 and 2 in the text of 01.07.2024, minutes per patient and week, columns a to f. A9, S9, G9, KJ9 have no values.
TEXT_2024 = {
    "A1": (207, 856, 49, 122, 28, 76), "A2": (257, 1536, 35, 117, 29, 74), "A6": (114, 329, 107, 176, 17, 67),
    "A7": (265, 509, 132, 102, 50, 49), "A8": (265, 201, 132, 102, 50, 49),
    "S1": (226, 835, 61, 72, 35, 109), "S2": (256, 1562, 68, 51, 34, 153), "S6": (115, 318, 105, 154, 16, 101),
    "G1": (183, 1270, 56, 102, 35, 75), "G2": (211, 1645, 37, 78, 40, 51), "G6": (115, 372, 107, 167, 26, 68),
    "P1": (154, 476, 107, 103, 31, 14), "P2": (265, 509, 132, 102, 50, 49), "P3": (114, 329, 107, 176, 17, 67),
    "P4": (265, 201, 132, 102, 50, 49),
    "KJ1": (270, 2015, 193, 179, 86, 165), "KJ2": (264, 1874, 190, 182, 78, 128), "KJ3": (337, 2495, 173, 62, 22, 77),
    "KJ6": (277, 845, 209, 142, 80, 155), "KJ7": (259, 799, 196, 161, 66, 140),
}
# Areas of the first text that Anlage 3 Tab. A3.3 Sp. 3 allows only in the days of 2022 any more. A5 is the later P1; otherwise what follows from the Psych-PV:
# nursing 278 minutes more, but not for long-stay treatment, which the first text improved by an unknown amount; nothing tells the psychologists.
REMOVED = {
    "A4": (132, None, None, 113, 27, 59), "S4": (106, None, None, 112, 38, 77), "G4": (100, None, None, 72, 44, 42),
    "A5": (154, 476, 107, 103, 31, 14), "S5": (131, 477, None, 101, 31, 48), "G5": (119, 519, None, 76, 31, 13),
    "KJ5": (151, 2143, None, 244, 101, 97),
}
# From 2026 special, movement and physio therapy are one group: the sum of both columns, for adults as a planning tool prints it, otherwise our sum.
MERGED = {
    "A1": 150, "A2": 146, "A6": 193, "A7": 152, "A8": 152, "S1": 107, "S2": 85, "S6": 170, "G1": 137, "G2": 118, "G6": 193,
    "P1": 134, "P2": 152, "P3": 193, "P4": 152, "KJ1": 265, "KJ2": 260, "KJ3": 84, "KJ6": 222, "KJ7": 227,
}
DAY_CLINIC = {"A6", "A8", "S6", "G6", "P3", "P4", "KJ7"}  # § 3: tagesklinisch, teilstationär
HOME_TREATMENT = {"A9", "S9", "G9", "KJ9"}  # § 3: stationsäquivalent
REHABILITATION = {"A3", "S3", "G3", "KJ4"}  # § 16 Abs. 3 Satz 2: only at the census days of 2019, never counted
CAPS = {"b": 10, "c": 10, "d": 10, "e": 5, "f": 5}  # § 8 Abs. 5 Satz 6, percent of VKS-Mind; a: excluded (Satz 4)


def rows(table, evidence, but=()):
    """{area: (minutes, evidence)}; the areas of `but` are not known that well: c of A7 and P2 was 107 according to a secondary source."""
    return {area: (minutes, OPEN if area in but else evidence) for area, minutes in table.items()}


def without(table, *areas):
    return {area: minutes for area, minutes in table.items() if area not in areas}


FIRST = {**rows(without(TEXT_2024, "A8", "P3", "P4"), INFERRED, but=("A7", "P2")), **rows(REMOVED, INFERRED)}
PARTLY_2021 = {**FIRST, **rows({area: TEXT_2024[area] for area in ("P3", "P4")}, INFERRED)}
MERGED_2026 = {area: ((v[0], v[1], v[2], MERGED[area], v[5]), SECONDARY if area[0] in "ASG" else INFERRED) for area, v in TEXT_2024.items()}


def trainees(nursing, psychotherapy=None):
    """§ 27 Abs. 2 PflBG: 9.5 in hospitals, nobody in the first third of the training (P1); psychotherapists paid like their basic profession (PT) in full."""
    return {("P2", "b"): (Fraction(19, 2), nursing), ("P3", "b"): (Fraction(19, 2), nursing),
            ("PT", "c"): (Fraction(1), nursing if psychotherapy is None else psychotherapy)}


@dataclasses.dataclass(frozen=True)
class Fassung:
    name: str
    decided: datetime.date
    since: tuple  # first quarter (year, quarter)
    minutes: dict  # area -> (minutes by profession, evidence)
    steps: tuple  # § 16 Abs. 1: (first quarter, percent)
    credit_of_c: tuple  # § 8 Abs. 3 Satz 4, c on b, d, e, f: (first quarter, allowed)
    caps: dict  # § 8 Abs. 5 Satz 6: profession -> percent; empty: no ceilings
    suspended: tuple = (((2020, 1), True, CONFIRMED), ((2024, 1), False, CONFIRMED))  # § 16 Abs. 4 Satz 1: (first quarter, suspended?, evidence)
    professions: str = "abcdef"  # § 5
    other_areas: frozenset = frozenset(HOME_TREATMENT)  # known codes without minutes
    ended_areas: frozenset = frozenset()  # codes valid only for days up to the year days_until (Anlage 3 Tab. A3.3 Sp. 3)
    days_until: int = 2099
    doctors_excluded: bool = True  # § 8 Abs. 5 Satz 4
    psm_ceiling_open: bool = False  # does no source tell whether psychosomatic facilities have ceilings? (§ 8 Abs. 5 Satz 8)
    night: bool = True  # § 6 Abs. 7: are there rules for the night?
    night_open_from: tuple = (9999, 1)  # from here no source tells the minima at night
    day_clinics: bool = True  # § 10 Abs. 1 Nr. 4: is there the exception for sites that are a day clinic only?
    trainees: dict = dataclasses.field(default_factory=lambda: trainees(CONFIRMED))  # § 8 Abs. 2: (kind, profession) -> (hours for one credited, evidence)
    quarterly_until: int = 2024  # § 11 Abs. 13: last year with quarterly proofs; the first is 2021
    notice_days: int = 14  # § 11 Abs. 3 Satz 1: days after the quarter, once proofs are yearly
    loss: tuple = ()  # § 13 Abs. 5: (first year, factor in percent of the missing share, evidence), None: not known or not decided; before: no loss
    psm_loss_from: int = 2020  # § 16 Abs. 4 Satz 3
    psm_loss_evidence: int = CONFIRMED

    def step(self, year, quarter):
        """Percent of the minima to be held."""
        return [share for since, share in self.steps if since <= (year, quarter)][-1]

    def credit(self, year, quarter):
        return [allowed for since, allowed in self.credit_of_c if since <= (year, quarter)][-1]

    def areas(self):
        return set(self.minutes) | self.other_areas

    def suspension(self, year, quarter):
        """Are the minima of psychosomatic facilities suspended, and how well is that known?"""
        return [entry[1:] for entry in self.suspended if entry[0] <= (year, quarter)][-1]


D = datetime.date
LOSS = ((2026, 65, CONFIRMED), (2028, None, CONFIRMED))
SUSPENDED = ((2020, 1), True, INFERRED)  # the text of 01.07.2024 tells only the end of the suspension
EARLY_STEPS = (((2020, 1), 85), ((2022, 1), 90), ((2024, 1), 100))
EARLY_CREDIT = (((2020, 1), None),)  # no source tells whether c could be credited on b, d, e, f before 2024
LATE_STEPS = (((2020, 1), 85), ((2022, 1), 90), ((2027, 1), 95), ((2029, 1), 100))
CREDIT_2024 = (((2024, 1), True), ((2025, 1), False))
EARLY = {"credit_of_c": EARLY_CREDIT, "other_areas": frozenset(HOME_TREATMENT | REHABILITATION), "night": False, "trainees": trainees(INFERRED)}
FASSUNGEN = [
    # First text: minima of psychosomatic facilities suspended without a known end; ceilings came into force only in 2023 (§ 16 Abs. 7).
    Fassung("2020-01", D(2019, 9, 19), (2020, 1), FIRST, EARLY_STEPS, caps={}, suspended=(SUSPENDED,), day_clinics=False, loss=((2021, None, OPEN),), **EARLY),
    # Two psychosomatic areas for part-time treatment, minima from 2022; a graded loss of pay from 2022 whose numbers no source gives.
    Fassung("2021-01", D(2020, 10, 15), (2021, 1), PARTLY_2021, EARLY_STEPS, caps={}, suspended=(SUSPENDED, ((2022, 1), False, CONFIRMED)), day_clinics=False,
            loss=((2022, None, OPEN),), **EARLY),
    # Suspended until the end of 2023; loss of pay from 2023, 1.7 times the missing share.
    Fassung("2022-01", D(2021, 9, 16), (2022, 1), PARTLY_2021, EARLY_STEPS, caps={}, suspended=(SUSPENDED, ((2024, 1), False, INFERRED)), day_clinics=False,
            loss=((2023, 170, SECONDARY),), **EARLY),
    # 95 % from 2024, 100 % from 2026; ceilings; areas removed, still in the days of 2022; A7, A8, P2 as in the text of 2024; loss of pay and night duty from 2024.
    Fassung("2023-01", D(2022, 9, 15), (2023, 1), {**rows(TEXT_2024, INFERRED), **rows(REMOVED, INFERRED)},
            (((2020, 1), 85), ((2022, 1), 90), ((2024, 1), 95), ((2026, 1), 100)), caps=CAPS, suspended=(SUSPENDED, ((2024, 1), False, INFERRED)),
            ended_areas=frozenset(REMOVED), days_until=2022, loss=((2024, None, OPEN),), **{**EARLY, "night": True}),
    # Sanctions from 2026, but § 13 Abs. 5 of this text is not at hand.
    Fassung("2024-01", D(2023, 10, 19), (2024, 1), rows(TEXT_2024, CONFIRMED), (((2024, 1), 95), ((2026, 1), 100)), CREDIT_2024, CAPS,
            loss=((2026, None, OPEN),)),
    # 90 % until the end of 2026, 95 % in 2027 and 2028; loss of pay in 2026 and 2027, later to be decided (§ 13 Abs. 6).
    Fassung("2024-07", D(2024, 3, 21), (2024, 3), rows(TEXT_2024, CONFIRMED), LATE_STEPS, CREDIT_2024, CAPS, loss=LOSS),
    # Credit of c and quarterly proofs one year longer; persons in training according to § 27 Abs. 4 PsychThG.
    Fassung("2025-01", D(2024, 6, 20), (2025, 1), rows(TEXT_2024, CONFIRMED), LATE_STEPS, (((2024, 1), True), ((2026, 1), False)), CAPS, loss=LOSS,
            quarterly_until=2025, trainees=trainees(CONFIRMED, INFERRED)),
    # d and e are one group, called d here; ceiling of nursing 15 %, the others, credit of c, of training and minima at night not known; notice after six weeks;
    # loss of pay in psychosomatic facilities from 2027.
    Fassung("2026-01", D(2025, 6, 18), (2026, 1), MERGED_2026, LATE_STEPS, (((2026, 1), None),), {"a": None, "b": 15, "c": None, "d": None, "f": None},
            professions="abcdf", doctors_excluded=False, psm_ceiling_open=True, night_open_from=(2026, 1), quarterly_until=2025, notice_days=42, loss=LOSS,
            trainees={(kind, p): (None, OPEN) for kind, ps in (("P1", "b"), ("P2", "b"), ("P3", "b"), ("PT", "cf"), ("PT0", "cf")) for p in ps},
            psm_loss_from=2027, psm_loss_evidence=SECONDARY),
]
assert all(v[3] + v[4] == MERGED[area] for area, v in TEXT_2024.items())


def known(as_of=None):
    """The Fassungen decided by that day, all without one."""
    return [f for f in FASSUNGEN if as_of is None or f.decided <= as_of]


def in_force(year, quarter, as_of=None):
    """The Fassung that counts in a quarter for somebody with the knowledge of a day: the last one in force, which goes on as it is written."""
    return [f for f in known(as_of) if f.since <= (year, quarter)][-1]
