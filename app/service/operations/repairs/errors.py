"""Why a step of a repair order is refused."""

from collections.abc import Sequence

from app.kernel.errors import N_, DomainError


class NotUrgent(DomainError):
    code = "not_urgent"
    message = N_("只有紧急报修可以直接派工，其他请先“转工程”。")


class SameTechnician(DomainError):
    code = "same_technician"
    message = N_("这张单现在就在他手上，请选择另一位维修人。")


class NoMaterialListed(DomainError):
    code = "no_material_listed"
    message = N_("没有等待发料的材料。请先在“用料”里填写需要的材料。")


class MaterialFirst(DomainError):
    code = "material_first"
    message = N_("材料还没有发，请工程主管先“发料确认”。")


class MaterialNotIssued(DomainError):
    code = "material_not_issued"
    message = N_("这些材料还没有经工程主管确认：%(materials)s。请先“待料”，由工程主管“发料确认”。")

    @classmethod
    def of(cls, names: Sequence[str]) -> "MaterialNotIssued":
        """Return the refusal for lines of these names."""
        return cls(materials="、".join(names)[:200])


class NoDayToPromise(DomainError):
    code = "no_day_to_promise"
    message = N_("承诺日期从今天起，一年以内。")


class WrongFinish(DomainError):
    code = "wrong_finish"
    message = N_("完成时间不能早于报修时间，也不能晚于现在。")


class NobodyToCharge(DomainError):
    code = "nobody_to_charge"
    message = N_("有偿维修要有客户才能收费。请让客服在报修单上选好客户，或改为无偿。")


class NothingToCharge(DomainError):
    code = "nothing_to_charge"
    message = N_("请填写收费金额，或改为无偿。")


class SignatureMissing(DomainError):
    code = "signature_missing"
    message = N_("请报修人签名；不能签名时写明代签原因。")


class FeeMissing(DomainError):
    code = "fee_missing"
    message = N_("有偿维修请选择收费项目。")
