"""A ledger by hand. Eight facilities with their Umsetzungsgrad in per cent:

    EP:  A 100 (klein)  B 96 (klein)  C 94 (groß)  D 91 (groß)  E 85 (groß)
    KJP: F 97 (klein)   G 92 (groß)   H without a value (klein)

Baseline: fulfilled from 95 %, missing hours ten per point below. So A, B, F are fulfilled; C, D, E, G are not; H has no verdict. Missing: C 10, D 40, E 100, G 30.
All rows below follow from that with paper and pencil; the reports are tested against them."""

ALL, EP, KJP, KLEIN, GROSS = '', 'Fach=EP', 'Fach=KJP', 'Größe=klein', 'Größe=groß'
PAIRS = ('Fach=EP; Größe=klein', 'Fach=EP; Größe=groß', 'Fach=KJP; Größe=klein', 'Fach=KJP; Größe=groß')
PERCENTILES = (0, 5, 10, 25, 50, 75, 90, 95, 100)
READING = 'Rundung "§ 6" <Abs. 1> & Anlage'


def shares(scenario, run, by_cell):
    """cell: (yes, no, absent, gained, lost)"""
    return [(scenario, run, 0, cell, 2, *counts) for cell, counts in by_cell.items()]


def totals(scenario, run, part, by_cell):
    """cell: (n, absent, sum)"""
    return [(scenario, run, 0, cell, part, n, absent, str(total)) for cell, (n, absent, total) in by_cell.items()]


def spreads(scenario, run, by_cell):
    """cell: values at the nine percentages, in per cent"""
    return [(scenario, run, 0, cell, 4, p, v * 100) for cell, values in by_cell.items() for p, v in zip(PERCENTILES, values)]


def bins(scenario, by_cell):
    """cell: {low: n}, five points wide"""
    return [(scenario, 0, cell, 4, low * 100, low * 100 + 500, n) for cell, some in by_cell.items() for low, n in some.items()]


BASE_SHARES = {ALL: (3, 4, 1, 0, 0), EP: (2, 3, 0, 0, 0), KJP: (1, 1, 1, 0, 0), KLEIN: (3, 0, 1, 0, 0), GROSS: (0, 4, 0, 0, 0),
               PAIRS[0]: (2, 0, 0, 0, 0), PAIRS[1]: (0, 3, 0, 0, 0), PAIRS[2]: (1, 0, 1, 0, 0), PAIRS[3]: (0, 1, 0, 0, 0)}
BASE_HOURS = {ALL: (7, 1, 1800), EP: (5, 0, 1500), KJP: (2, 1, 300), KLEIN: (3, 1, 0), GROSS: (4, 0, 1800)}  # tenths of an hour
# Sums of the grades in hundredths of a point: 100 + 96 + 94 + 91 + 85 = 466, with 97 + 92 = 655.
BASE_GRADES = {ALL: (7, 1, 65500), EP: (5, 0, 46600), KJP: (2, 1, 18900)}
# Ranks are rounded up: of 7 values 25 % is the 2nd (1,75), 50 % the 4th, 75 % the 6th (5,25), 90 % the 7th (6,3); of 5 the 2nd, 3rd, 4th, 5th; of 2 the 1st, 1st, 2nd.
BASE_RANKS = {ALL: (85, 85, 85, 91, 94, 97, 100, 100, 100), EP: (85, 85, 85, 91, 94, 96, 100, 100, 100), KJP: (92, 92, 92, 92, 92, 97, 97, 97, 97)}


def like_base(scenario):
    """Run 0 of a scenario that changes nothing while its parameters are at their presets."""
    return shares(scenario, 0, BASE_SHARES), totals(scenario, 0, 3, BASE_HOURS) + totals(scenario, 0, 4, BASE_GRADES), spreads(scenario, 0, BASE_RANKS), \
        bins(scenario, {ALL: {85: 1, 90: 3, 95: 2, 100: 1}})


def ledger():
    rows = {
        'meta': [('rules', 'Beispiel'), ('record', 'Nachweis'), ('seed', '42'), ('input', 'häuser & co'), ('origin', 'Erfundene Daten: <keine> echten.'), ('ppr', '0.1'),
                 ('readings', ''), ('parameters', 'Wochen=38,5'), ('as-of', '')],
        'scenario': [(0, 'Ausgangslage', 'a0' * 32, 'dd' * 32, 8, 0, 1, 1, 0), (1, 'Ab 90 %, alle einen Punkt besser', 'b1' * 32, 'dd' * 32, 8, 0, 1, 1, 0),
                     (2, 'Schwelle variiert', 'c2' * 32, 'dd' * 32, 8, 0, 4, 1, 4), (3, 'Lesarten', 'a0' * 32, 'dd' * 32, 8, 0, 2, 1, 1),
                     (4, 'Ungewiss', 'd4' * 32, 'dd' * 32, 8, 0, 1, 5, 5)],
        'file': [('A1.csv', 1200, 'f1' * 32), ('Häuser & mehr.csv', 0, 'f2' * 32)],
        'source': [(scenario, 'beispiel.ppr', 'ee' * 32) for scenario in range(5)] + [(1, 'a.ppr', 'ab' * 32), (2, 'schwelle.ppr', 'ed' * 32), (4, 'a.ppr', 'ab' * 32)],
        'parameter': [(2, 0, 'Schwelle', '', 'prozent', 4, 9500, '', 'list', 'in 90 %; 92 %; 95 %; 97 %', '', 4),
                      (3, 0, READING, '', 'wort', 0, 0, '', 'list', '', '', 2),
                      (4, 0, 'Abweichung', 'Stunde', 'zahl', 1, 0, '', 'uniform', 'gezogen gleichverteilt von -2,0 bis 2,0', '', 0), (4, 1, 'Abweichung je Haus', '', 'prozent', 4, 0, '', 'normal', '', 'IK,Standort', 0)],
        'value': [(2, 0, 0, 9500, ''), (2, 1, 0, 9000, ''), (2, 2, 0, 9200, ''), (2, 3, 0, 9500, ''), (2, 4, 0, 9700, ''),
                  (3, 0, 0, 0, 'gerundet'), (3, 1, 0, 1, 'genau "<1 %"'),
                  (4, 0, 0, 0, ''), (4, 1, 0, -15, ''), (4, 2, 0, 20, ''), (4, 3, 0, 5, ''), (4, 4, 0, 0, ''), (4, 5, 0, -20, '')],
        'survey': [(0, 'Häuser')],
        'part': [(0, 0, 'gruppe', 'Fach', '', 'wort', 0), (0, 1, 'gruppe', 'Größe', '', 'wort', 0), (0, 2, 'anteil', 'erfüllt', '', 'ja/nein', 0),
                 (0, 3, 'summe', 'fehlende Stunden', 'VKS', 'zahl', 1), (0, 4, 'verteilung', 'Umsetzungsgrad', '', 'prozent', 4)],
        'cell': [(0, ALL, 0), (0, EP, 1), (0, KJP, 1), (0, KLEIN, 2), (0, GROSS, 2)] + [(0, pair, 3) for pair in PAIRS],
        'cell_group': [(0, cell, 0, 'EP', 'Erwachsene', 0) for cell in (EP, *PAIRS[:2])] + [(0, cell, 0, 'KJP', 'Kinder & Jugendliche', 1) for cell in (KJP, *PAIRS[2:])]
                      + [(0, cell, 1, 'klein', 'klein', 0) for cell in (KLEIN, PAIRS[0], PAIRS[2])] + [(0, cell, 1, 'groß', 'groß', 1) for cell in (GROSS, PAIRS[1], PAIRS[3])],
        'share': [], 'total': [], 'spread': [], 'bin': [],
        # Scenario 1: the grades are 101, 97, 95, 92, 86 and 98, 93. From 90 % on all but E are fulfilled: C, D, G gain. Missing: E 4 points, so 40 hours.
        'change': [(1, key, 0, '', 2, cell, 0, 1) for key, cell in (('C', PAIRS[1]), ('D', PAIRS[1]), ('G', PAIRS[3]))]
                  + [(1, key, 0, '', 3, cell, before, after) for key, cell, before, after in (('C', PAIRS[1], 100, 0), ('D', PAIRS[1], 400, 0), ('E', PAIRS[1], 1000, 400),
                                                                                             ('G', PAIRS[3], 300, 0))]
                  + [(1, key, 0, '', 4, cell, grade * 100, grade * 100 + 100) for key, cell, grade in (
                      ('A', PAIRS[0], 100), ('B', PAIRS[0], 96), ('C', PAIRS[1], 94), ('D', PAIRS[1], 91), ('E', PAIRS[1], 85), ('F', PAIRS[2], 97), ('G', PAIRS[3], 92))],
        'failed': [(s, 0, 0) for s in range(5)] + [(2, run, 0) for run in (1, 2, 3)] + [(2, 4, 1)],
        'chunk': [(0, 0, 1), (1, 0, 1), (2, 0, 1), (2, 1, 3), (2, 4, 1), (3, 0, 1), (3, 1, 1), (4, 0, 1), (4, 1, 5)],
    }
    for scenario in (0, 2, 3, 4):
        for table, some in zip(('share', 'total', 'spread', 'bin'), like_base(scenario)):
            rows[table] += some
    rows['share'] += shares(1, 0, {ALL: (6, 1, 1, 3, 0), EP: (4, 1, 0, 2, 0), KJP: (2, 0, 1, 1, 0), KLEIN: (3, 0, 1, 0, 0), GROSS: (3, 1, 0, 3, 0),
                                   PAIRS[0]: (2, 0, 0, 0, 0), PAIRS[1]: (2, 1, 0, 2, 0), PAIRS[2]: (1, 0, 1, 0, 0), PAIRS[3]: (1, 0, 0, 1, 0)})
    rows['total'] += totals(1, 0, 3, {ALL: (7, 1, 400), EP: (5, 0, 400), KJP: (2, 1, 0), KLEIN: (3, 1, 0), GROSS: (4, 0, 400)})
    rows['total'] += totals(1, 0, 4, {ALL: (7, 1, 66200), EP: (5, 0, 47100), KJP: (2, 1, 19100)})
    rows['spread'] += spreads(1, 0, {ALL: (86, 86, 86, 92, 95, 98, 101, 101, 101), EP: (86, 86, 86, 92, 95, 97, 101, 101, 101), KJP: (93, 93, 93, 93, 93, 98, 98, 98, 98)})
    rows['bin'] += bins(1, {ALL: {85: 1, 90: 2, 95: 3, 100: 1}})
    # Scenario 2: fulfilled from 90: all but E; from 92: not D, E; from 95: as the baseline; from 97: A and F only, so B is lost.
    rows['share'] += shares(2, 1, {ALL: (6, 1, 1, 3, 0), EP: (4, 1, 0, 2, 0), KJP: (2, 0, 1, 1, 0)})
    rows['share'] += shares(2, 2, {ALL: (5, 2, 1, 2, 0), EP: (3, 2, 0, 1, 0), KJP: (2, 0, 1, 1, 0)})
    rows['share'] += shares(2, 3, {ALL: (3, 4, 1, 0, 0), EP: (2, 3, 0, 0, 0), KJP: (1, 1, 1, 0, 0)})
    rows['share'] += shares(2, 4, {ALL: (2, 5, 1, 0, 1), EP: (1, 4, 0, 0, 1), KJP: (1, 1, 1, 0, 0)})
    # Missing from 90: E 50; from 92: D 10, E 70; from 97: B 10, C 30, D 60, E 120, G 50.
    rows['total'] += totals(2, 1, 3, {ALL: (7, 1, 500)}) + totals(2, 2, 3, {ALL: (7, 1, 800)}) + totals(2, 3, 3, {ALL: (7, 1, 1800)}) + totals(2, 4, 3, {ALL: (7, 1, 2700)})
    # Scenario 3: without rounding B falls below, by a hundredth of a point that no hour is counted for.
    rows['share'] += shares(3, 1, {ALL: (2, 5, 1, 0, 1), EP: (1, 4, 0, 0, 1), KJP: (1, 1, 1, 0, 0)})
    rows['total'] += totals(3, 1, 3, {ALL: (7, 1, 1801)})
    # Scenario 4: five draws with 2, 6, 4, 3, 3 of 7 fulfilled. Sorted 2 3 3 4 6: median 3, so 42,86 %; 25 % the 2nd, 75 % the 4th.
    for run, (yes, gained, lost) in enumerate(((2, 0, 1), (6, 3, 0), (4, 1, 0), (3, 1, 1), (3, 0, 0)), 1):
        rows['share'] += shares(4, run, {ALL: (yes, 7 - yes, 1, gained, lost)})
    return rows
