"""How well the chances that ties lapse hold on fictional ecosystems: `python tests/benchmarks/forecasts.py [SEED ...]`.

Per ecosystem of 150 organisations: the groups of ten within the 90 % band, and the Brier scores of the chances, of one
chance for all and of the curve by age; then how many later values lay inside fans made before. The figures stand in
docs/benchmarks.md.
"""

import sys
import tempfile
from pathlib import Path

from hubdata import demo, loading, questions, settings, store


def main(seeds: list[int]) -> None:
    inside = outcomes = 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            hub_settings = settings.Settings()
            demo.write(Path(folder) / "files", seed=seed)
            files = loading.read_files([Path(folder) / "files"], hub_settings)
            outcome = loading.load(Path(folder) / "home", hub_settings, files)
            assert outcome.manifest
            snapshot = store.open_snapshot(Path(folder) / "home", outcome.manifest.id)
            view = store.View(snapshot.newest_date(questions.today()))
            tested = questions.answer_lapse(snapshot, hub_settings, view)["backtest"]
            fans = questions.answer_fans(snapshot, hub_settings, view)["figures"]
            snapshot.close()
        scores = "  ".join(f"{name} {tested[name]:.3f}" for name in ("brier", "brier_base", "brier_curve"))  # type: ignore[literal-required]
        print(f"seed {seed}: within {tested['bins_within']} of {len(tested['bins'])}  {scores}  {tested['is_better']}")
        for name, one in fans.items():
            print(f"    fan of {name}: {one['reason'] or one['backtest']['by_years']}")
            inside, outcomes = inside + one["backtest"]["inside"], outcomes + one["backtest"]["outcomes"]
    print(f"inside a fan: {inside} of {outcomes} later values")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or list(range(1, 16)))
