#include "verdict_check.h"

#include "bus/record_key.h"
#include "policy/names.h"

static bool present(const char *text, const char *name, struct err *err)
{
	if (text != NULL && text[0] != '\0')
		return true;
	return err_set(err, ERR_UNPROCESSABLE, "the verdict has no %s", name);
}

static bool check_members(const Rp__V1__Verdict *v, struct err *err)
{
	if (v->release == NULL || v->actor == NULL || v->binding == NULL || v->policy == NULL)
		return err_set(err, ERR_UNPROCESSABLE, "the verdict lacks its release, actor, binding or policy");
	if (v->release->artifact_digest[0] == '\0' && v->release->source_sha[0] == '\0')
		return err_set(err, ERR_UNPROCESSABLE, "the verdict names neither artifact nor source commit");
	return present(v->evaluation_id, "evaluation id", err) && present(v->request_digest, "request digest", err) &&
	       present(v->workspace, "workspace", err) && present(v->release->service, "service", err) &&
	       present(v->release->environment, "environment", err) && present(v->policy->digest, "policy digest", err);
}

static bool check_key(const Rp__V1__Verdict *v, const char *key, struct err *err)
{
	if (!record_key_is(key, v->workspace, v->release->service, v->release->environment))
		return err_set(err, ERR_UNPROCESSABLE, "the verdict does not belong to its record's key");
	return true;
}

static bool check_decision(const Rp__V1__Verdict *v, struct err *err)
{
	Rp__V1__Decision worst = RP__V1__DECISION__DECISION_UNKNOWN;
	for (size_t i = 0; i < v->n_rules; i++) {
		if (!decision_known(v->rules[i]->outcome))
			return err_set(err, ERR_UNPROCESSABLE, "a rule's outcome is unknown");
		worst = v->rules[i]->outcome > worst ? v->rules[i]->outcome : worst;
	}
	if (worst == RP__V1__DECISION__DECISION_UNKNOWN)
		return err_set(err, ERR_UNPROCESSABLE, "the verdict has no rule results");
	if (v->decision != worst)
		return err_set(err, ERR_UNPROCESSABLE, "the decision %s is not the most severe of its rules, %s",
			decision_name(v->decision), decision_name(worst));
	return true;
}

static bool check_time(const Rp__V1__Verdict *v, int64_t now_us, struct err *err)
{
	if (v->decided_at_us > now_us + CHECK_CLOCK_SKEW_MAX_US)
		return err_set(err, ERR_UNPROCESSABLE, "the verdict was decided in the future");
	if (v->decided_at_us < now_us - CHECK_VERDICT_AGE_MAX_US)
		return err_set(err, ERR_UNPROCESSABLE, "the verdict was decided more than five minutes ago");
	return true;
}

bool check_verdict(const Rp__V1__Verdict *verdict, const char *key, int64_t now_us, struct err *err)
{
	return check_members(verdict, err) && check_key(verdict, key, err) && check_decision(verdict, err) &&
	       check_time(verdict, now_us, err);
}
