import { InputError } from '../../../core/problem';
import type { Site, SiteTeam } from '../../../core/site';

/**
 * The team that a setting names, or the first one.
 * @throws InputError where there is no such team
 */
export function chosenTeam({ teams }: Site, setting: string, name: string | undefined): SiteTeam {
  const team = name === undefined ? teams[0] : teams.find((each) => each.name === name);
  if (team) return team;
  const names = teams.map((each) => each.name).join(', ');
  const field = `${setting}.team`;
  throw new InputError([
    { field, found: name, message: 'there is no such team', remedy: `write one of: ${names}` },
  ]);
}
