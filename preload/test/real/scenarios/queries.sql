create table t(a integer primary key, b text, c real);
create index i on t(b);
begin;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 8000)
insert into t(b, c) select 'k' || (i * 7919 % 100003), i * 0.37 from n;
commit;
select count(*), round(sum(c), 2) from t where b like 'k1%';
select substr(b, 1, 3) p, count(*), group_concat(a) from t group by p order by p limit 12;
select * from no_such_table;
update t set b = b || '-x' where a % 3 = 0;
delete from t where a % 7 = 0;
select count(*), max(length(b)), json_group_array(a) from t where a < 60;
vacuum;
