// Who lives here, as /_sandbox/state tells it: people by place, groups by member. Who has no account has no phone.
export class Town {
  constructor({ people, groups, villages, town }) {
    this.people = new Map(people.filter((one) => one.hasAccount).map((one) => [one.userId, one]));
    this.groups = groups;
    this.places = new Map([[null, town.office.name], ...villages.map((one) => [one.id, one.name])]);
  }

  person(userId) {
    return this.people.get(userId);
  }

  // Two people may hold one phone: what either says comes from the one account.
  account(userId) {
    return this.person(userId)?.shares ?? userId;
  }

  peopleByPlace() {
    const found = new Map([...this.places.values()].map((name) => [name, []]));
    for (const one of this.people.values()) {
      found.get(this.places.get(one.village)).push({ ...one, label: one.title ? `${one.name} · ${one.title}` : one.name });
    }
    return [...found].filter(([, people]) => people.length);
  }

  groupsOf(userId) {
    const account = this.account(userId);
    return this.groups.filter((one) => one.members.includes(account))
      .map((one) => ({ id: one.id, name: one.title, kind: "group" }));
  }

  firstVillager() {
    const people = [...this.people.values()];
    return (people.find((one) => one.village && !one.roles.length) ?? people[0]).userId;
  }
}
